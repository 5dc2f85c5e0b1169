package api

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"time"
)

// AuditFile is entries of the audit log as a file: Begin, then Add for each, then End.
type AuditFile interface {
	Begin() error
	Add(c *Change) error
	End() error
}

// auditTable writes the log as CSV that a spreadsheet opens as it is. Its heads are
// the same in every language, for the programs that read it.
type auditTable struct {
	to io.Writer
	w  *csv.Writer
}

// NewAuditTable makes a table: CSV that a spreadsheet opens as it is.
func NewAuditTable(to io.Writer) AuditFile {
	t := &auditTable{to: to, w: csv.NewWriter(to)}
	t.w.UseCRLF = true
	return t
}

// Begin implements AuditFile.
func (t *auditTable) Begin() error {
	if _, err := io.WriteString(t.to, "\ufeff"); err != nil {
		return err
	}
	return t.w.Write([]string{
		"number", "id", "time", "project_id", "kind", "object_id", "object", "action",
		"user_id", "user", "way", "address", "request_id", "before", "after",
	})
}

// Add implements AuditFile.
func (t *auditTable) Add(c *Change) error {
	a := &c.Actor
	return t.w.Write(Harmless(
		strconv.FormatInt(c.Seq, 10), c.ID, c.At.UTC().Format(time.RFC3339Nano), c.Project, string(c.Kind), c.ObjectID, c.ObjectName, c.Action,
		a.UserID, a.User, string(a.Way), a.Addr, a.RequestID, string(c.Before), string(c.After),
	))
}

// End implements AuditFile.
func (t *auditTable) End() error {
	t.w.Flush()
	return t.w.Error()
}

// auditLines writes the log as JSON, an entry on each line.
type auditLines struct{ w *json.Encoder }

// NewAuditLines makes JSON, an entry on each line.
func NewAuditLines(to io.Writer) AuditFile {
	l := &auditLines{w: json.NewEncoder(to)}
	l.w.SetEscapeHTML(false)
	return l
}

// Begin implements AuditFile.
func (*auditLines) Begin() error { return nil }

// End implements AuditFile.
func (*auditLines) End() error { return nil }

// Add implements AuditFile.
func (l *auditLines) Add(c *Change) error {
	return l.w.Encode(LineOf(c))
}

// LineOf is an entry as it stands in files and answers. A side that is no JSON, because
// somebody changed it by hand, stands there as a text, and Broken says so.
func LineOf(c *Change) AuditLine {
	a := &c.Actor
	line := AuditLine{
		Number: c.Seq, ID: c.ID, Time: c.At.UTC(), Project: c.Project, Kind: c.Kind, ObjectID: c.ObjectID, Object: c.ObjectName, Action: c.Action,
		UserID: a.UserID, User: a.User, Way: a.Way, Address: a.Addr, RequestID: a.RequestID, Before: c.Before, After: c.After,
	}
	for _, side := range []struct {
		name string
		json *json.RawMessage
	}{{"before", &line.Before}, {"after", &line.After}} {
		if len(*side.json) > 0 && !json.Valid(*side.json) {
			*side.json, _ = json.Marshal(string(*side.json)) // a text always has a JSON form
			line.Broken = append(line.Broken, side.name)
		}
	}
	return line
}

// AuditLine is an entry of the log as programs read it.
type AuditLine struct {
	Number    int64           `json:"number"` // 0 until it is sealed
	ID        string          `json:"id"`
	Time      time.Time       `json:"time"`
	Project   string          `json:"project_id,omitempty"`
	Kind      Kind            `json:"kind"`
	ObjectID  string          `json:"object_id,omitempty"`
	Object    string          `json:"object,omitempty"`
	Action    string          `json:"action"`
	UserID    string          `json:"user_id,omitempty"`
	User      string          `json:"user,omitempty"`
	Way       Way             `json:"way"`
	Address   string          `json:"address,omitempty"`
	RequestID string          `json:"request_id,omitempty"`
	Before    json.RawMessage `json:"before,omitempty"`
	After     json.RawMessage `json:"after,omitempty"`
	Broken    []string        `json:"broken,omitempty"` // which of both cannot be read: they are texts, as they are stored
}
