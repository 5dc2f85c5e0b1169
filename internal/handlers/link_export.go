package handlers

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
)

// exportLinks answers with a file of the ticked links, or of all that the
// list's filter finds: CDM JSON, which the import reads, or a table.
func (p *pages) exportLinks(c echo.Context) error {
	sel, err := p.linkShelf().selection(c)
	if err != nil {
		return err
	}
	asTable := c.FormValue("format") == "csv"
	links, err := p.Service.ExportLinks(c.Request().Context(), p.scope(c), sel)
	if err != nil {
		return p.refuseSelection(c, err)
	}
	name := fmt.Sprintf("links-%s-%s", project(c).Name, time.Now().UTC().Format("2006-01-02"))
	if asTable {
		attach(c, name+".csv", "text/csv; charset=utf-8")
		return writeTable(c, links)
	}
	text, err := p.LinkFile.Write(links)
	if err != nil {
		return err
	}
	attach(c, name+".json", echo.MIMEApplicationJSON)
	_, err = c.Response().Write(text)
	return err
}

// attach makes the answer a file to be kept, of any name: as it is for browsers
// that read RFC 6266, without what could end the name for others.
func attach(c echo.Context, name, mime string) {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"%/\`, r) {
			return '_'
		}
		return r
	}, name)
	disposition := `attachment; filename="` + plain + `"`
	if plain != name {
		disposition += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, mime)
	h.Set(echo.HeaderContentDisposition, disposition)
}

// writeTable writes the links as CSV that a spreadsheet opens as it is: with a
// byte order mark, or it would not be read as UTF-8.
func writeTable(c echo.Context, links []api.Link) error {
	if _, err := c.Response().Write([]byte("\ufeff")); err != nil {
		return err
	}
	w := csv.NewWriter(c.Response())
	w.UseCRLF = true
	ctx := localised(c)
	var head []string
	for _, key := range []string{
		"link.name", "link.cluster", "link.connector", "link.endpoint", "link.enabled", "link.status",
		"transfer.last_good", "transfer.every_minutes", "link.updated_column", "transfer.updated_by",
	} {
		head = append(head, locale.T(ctx, key))
	}
	_ = w.Write(head) // Error tells
	for i := range links {
		l := &links[i]
		status := ""
		if l.Check != nil {
			status = locale.T(ctx, "status."+string(l.Check.Status))
		}
		_ = w.Write(api.Harmless(
			l.Name, l.Cluster, connector.Find(l.Connector).TileOf(l.Inputs).Label.In(lang(c)), l.Endpoint,
			strconv.FormatBool(l.Enabled), status, moment(l.Health.LastGood),
			strconv.Itoa(int(l.Health.Every.Minutes())), moment(l.Updated.At), l.Updated.By,
		))
	}
	w.Flush()
	return w.Error()
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
