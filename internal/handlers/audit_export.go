package handlers

import (
	"bufio"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// exportAudit answers with a file of all that the log's filter finds, oldest first:
// a table, or JSON line by line. It is sent as it is read, however much it is.
func (p *pages) exportAudit(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	name := "audit-" + time.Now().UTC().Format(time.DateOnly)
	if here := project(c); here != nil {
		name = "audit-" + here.Name + "-" + time.Now().UTC().Format(time.DateOnly)
	}
	d := &auditDownload{c: c, name: name + ".jsonl", mime: "application/jsonl; charset=utf-8"}
	d.to = bufio.NewWriterSize(&patientWriter{c.Response(), http.NewResponseController(c.Response())}, downloadBlock)
	d.file = api.NewAuditLines(d.to)
	if values.Get("format") == "csv" {
		d.name, d.mime, d.file = name+".csv", "text/csv; charset=utf-8", api.NewAuditTable(d.to)
	}
	err = p.Audit.ExportAudit(c.Request().Context(), p.auditScope(c), auditQuery(values), d.add)
	if err == nil {
		err = d.end()
	}
	if err == nil || !c.Response().Committed {
		return err
	}
	if c.Request().Context().Err() == nil {
		p.logBroken(c, err)
	}
	panic(http.ErrAbortHandler) // a part must not look like the whole
}

// auditDownload is a file of the audit log on its way. It begins with the first
// entry, so that a refusal can still be a page.
type auditDownload struct {
	c          echo.Context
	name, mime string
	to         *bufio.Writer
	file       api.AuditFile
	begun      bool
}

func (d *auditDownload) begin() error {
	if d.begun {
		return nil
	}
	d.begun = true
	attach(d.c, d.name, d.mime)
	d.c.Response().WriteHeader(http.StatusOK)
	return d.file.Begin()
}

func (d *auditDownload) add(change api.Change) error {
	if err := d.begin(); err != nil {
		return err
	}
	return d.file.Add(&change)
}

func (d *auditDownload) end() error {
	if err := d.begin(); err != nil { // of a file in which there is nothing
		return err
	}
	if err := d.file.End(); err != nil {
		return err
	}
	return d.to.Flush()
}

// patientWriter waits for a slow browser at each write, but not for ever.
type patientWriter struct {
	io.Writer

	control *http.ResponseController
}

func (w *patientWriter) Write(b []byte) (int, error) {
	if err := w.control.SetWriteDeadline(time.Now().Add(downloadDeadline)); err != nil {
		return 0, err
	}
	return w.Writer.Write(b)
}
