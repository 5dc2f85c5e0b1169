package handlers

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// batch is many entries on their way through the form.
type batch struct {
	lines    []api.PermissionLine
	verdicts []api.Verdict
	unseen   bool        // some of it was pasted or uploaded just now
	refused  api.Message // why it cannot be read at all
	said     api.Message // what the service says of it as a whole
}

// batchOf is a batch of entries that are known already.
func batchOf(drafts []api.PermissionDraft) *batch {
	b := &batch{lines: make([]api.PermissionLine, len(drafts))}
	for i, d := range drafts {
		b.lines[i] = api.PermissionLine{Draft: d, Expires: templates.ExpiryText(d.Expires)}
	}
	return b
}

// judge asks the service about each line. What could not be read of a line is
// said first.
func (p *pages) judge(c echo.Context, service string, b *batch) (err error) {
	b.verdicts, err = p.Service.JudgePermissions(c.Request().Context(), p.scope(c), service, b.drafts())
	if err != nil {
		return err
	}
	for i := range b.lines {
		l, v := &b.lines[i], &b.verdicts[i]
		if l.Problem.IsZero() {
			continue
		}
		switch l.Path {
		case "expires":
			v.Expires = l.Problem
		case "description":
			v.Description = l.Problem
		default:
			v.Permission = l.Problem
		}
	}
	return nil
}

func (b *batch) drafts() []api.PermissionDraft {
	drafts := make([]api.PermissionDraft, len(b.lines))
	for i := range b.lines {
		drafts[i] = b.lines[i].Draft
	}
	return drafts
}

// bad counts the lines that cannot be added.
func (b *batch) bad() int {
	n := 0
	for i := range b.verdicts {
		if !b.verdicts[i].Fine() {
			n++
		}
	}
	return n
}

// everyone reports whether Everyone is among the lines, who is let in by itself.
func (b *batch) everyone() bool {
	return slices.ContainsFunc(b.verdicts, func(v api.Verdict) bool { return v.Permission.Key == "permission.everyone_apart" })
}

// drop leaves out the lines that cannot be added.
func (b *batch) drop() {
	good := 0
	for i := range b.lines {
		if b.verdicts[i].Fine() {
			b.lines[good], b.verdicts[good] = b.lines[i], b.verdicts[i]
			good++
		}
	}
	b.lines, b.verdicts = b.lines[:good], b.verdicts[:good]
}

// take puts problems, at the paths of AddPermissions, into the verdicts.
func (b *batch) take(problems []api.Problem) {
	b.verdicts = make([]api.Verdict, len(b.lines))
	for _, problem := range problems {
		rest, _ := strings.CutPrefix(problem.Path, "permissions.")
		number, field, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n >= len(b.verdicts) {
			b.said = problem.Message
			continue
		}
		switch v := &b.verdicts[n]; field {
		case "expires":
			v.Expires = problem.Message
		case "description":
			v.Description = problem.Message
		default:
			v.Permission = problem.Message
		}
	}
}

// place puts the lines into the form: as rows or, of a list that is too long for
// that, the bad ones as rows and the others as text. It returns the problems at
// the rows, and how many bad lines did not become rows.
func (b *batch) place(v url.Values) (problems []api.Problem, hidden int) {
	var rows []form.Row
	var rest []string
	all := len(b.lines) <= form.MaxRows
	for i := range b.lines {
		l, verdict := &b.lines[i], &b.verdicts[i]
		if all {
			l.Number = i + 1
		}
		bad := !verdict.Fine()
		if !all && (!bad || len(rows) == form.MaxRows) {
			rest = append(rest, l.String())
			if bad {
				hidden++
			}
			continue
		}
		problems = append(problems, b.problems(form.RowPath(templates.AddRows, len(rows)), verdict)...)
		rows = append(rows, form.Row{
			templates.RowAccount: api.BareAccount(l.Draft.Permission), templates.RowDescription: l.Draft.Description,
			templates.RowExpires: l.Expires,
		})
	}
	if len(rows) == 0 && len(rest) == 0 {
		rows = emptyRows()
	}
	form.SetRows(v, templates.AddRows, rows)
	v.Del(templates.AddText)
	v.Set(templates.AddRest, strings.Join(rest, "\n"))
	return problems, hidden
}

func emptyRows() []form.Row { return []form.Row{{}, {}, {}} }

// problems are those of a line, at the cells of its row.
func (b *batch) problems(row string, v *api.Verdict) []api.Problem {
	var found []api.Problem
	for _, cell := range []struct {
		column  string
		message api.Message
	}{{templates.RowAccount, v.Permission}, {templates.RowDescription, v.Description}, {templates.RowExpires, v.Expires}} {
		if !cell.message.IsZero() {
			found = append(found, api.Problem{Path: row + "." + cell.column, Message: b.numbered(cell.message)})
		}
	}
	return found
}

// numbered makes a message that points at another line of the batch point at
// the number that this has for people.
func (b *batch) numbered(m api.Message) api.Message {
	n, ok := m.Args["line"].(int)
	if !ok || n < 1 || n > len(b.lines) {
		return m
	}
	m.Args = maps.Clone(m.Args)
	m.Args["line"] = b.lines[n-1].Number
	return m
}

// shownNotes is how many notes are listed.
const shownNotes = 3

// notes are what is worth knowing of the lines, in words.
func (b *batch) notes(c echo.Context) []string {
	var notes []string
	for i := range b.verdicts {
		if note := b.verdicts[i].Note; !note.IsZero() && len(notes) < shownNotes {
			notes = append(notes, locale.T(localised(c), "whitelist.note", "line", b.lines[i].Number, "note", locale.Msg(localised(c), note)))
		}
	}
	return slices.Clip(notes)
}
