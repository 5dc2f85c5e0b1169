package api

import (
	"context"
	"maps"
	"slices"

	"switchboard/internal/api/connector"
)

// What one import may bring: as many links as an export, and a file of so many
// bytes.
const (
	MaxImport     = MaxSelection
	MaxImportFile = 4 << 20
)

// ImportVerdict is what importing a link would do.
type ImportVerdict string

// The verdicts.
const (
	ImportAdd    ImportVerdict = "add"
	ImportChange ImportVerdict = "change"
	ImportSame   ImportVerdict = "same" // it is there already, exactly so
	ImportError  ImportVerdict = "error"
)

// ImportRow is one link of a file, beside what is stored under its name.
type ImportRow struct {
	Draft    LinkDraft // with the id and version of the link that it changes
	Verdict  ImportVerdict
	Problems []Problem // with ImportError
	// Missing are the secrets that the file does not bring and that nothing is
	// stored for, by path: somebody has to type them.
	Missing []string
	Changes []ImportDiff // with ImportChange
}

// ImportDiff is a value that a row changes: an input's path, or "enabled" or
// "extended". Of a secret both texts are empty.
type ImportDiff struct{ Path, From, To string }

// Ready reports whether the row can be applied as it is.
func (r *ImportRow) Ready() bool {
	return (r.Verdict == ImportAdd || r.Verdict == ImportChange) && len(r.Missing) == 0
}

// PlanImport says what importing the drafts would do, and writes nothing. The
// rules are those of every other way in: each draft is judged by ValidateLink.
func PlanImport(ctx context.Context, links Links, s Scope, drafts []LinkDraft) ([]ImportRow, error) {
	if len(drafts) > MaxImport {
		return nil, Errorf(Limit, "import.too_many", "max", MaxImport)
	}
	rows := make([]ImportRow, 0, len(drafts))
	seen := map[[2]string]bool{}
	for _, d := range drafts {
		row, err := planRow(ctx, links, s, d)
		if err != nil {
			return nil, err
		}
		if key := [2]string{d.Cluster, d.Name}; seen[key] {
			row.refuse(Problem{"name", M("import.twice")})
		} else {
			seen[key] = true
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func planRow(ctx context.Context, links Links, s Scope, d LinkDraft) (ImportRow, error) {
	row := ImportRow{Draft: d, Verdict: ImportAdd}
	stored, err := links.FindLink(ctx, s, d.Cluster, d.Name)
	switch {
	case err == nil:
		row.compare(&stored)
	case CodeOf(err) != NotFound:
		return row, err
	}
	if row.Verdict == ImportSame {
		return row, nil
	}
	refused, err := refusal(links.ValidateLink(ctx, s, row.Draft))
	switch {
	case refused == nil:
		return row, err
	case len(refused.Problems) == 0: // it is not about the draft
		return row, refused
	}
	for _, p := range refused.Problems {
		if c := connector.Find(d.Connector); c != nil && asksForSecret(c.Input(p.Path), p) {
			row.Missing = append(row.Missing, p.Path)
		} else {
			row.refuse(p)
		}
	}
	return row, nil
}

// asksForSecret reports whether a problem is only that nobody typed a secret.
func asksForSecret(in *connector.Input, p Problem) bool {
	return in != nil && in.Secret && (p.Message.Key == "input.required" || p.Message.Key == "link.secret_again")
}

func (r *ImportRow) refuse(p Problem) {
	r.Verdict = ImportError
	r.Problems = append(r.Problems, p)
}

// compare makes the row a change of the stored link, if it is one.
func (r *ImportRow) compare(stored *Link) {
	r.Draft.ID, r.Draft.Version, r.Verdict = stored.ID, stored.Version, ImportChange
	c := connector.Find(r.Draft.Connector)
	if c == nil || stored.Connector != r.Draft.Connector {
		return // ValidateLink says so
	}
	before, after := c.Normalise(stored.Inputs), c.Normalise(r.Draft.Inputs)
	for i := range c.Inputs {
		path := c.Inputs[i].Name
		if _, typed := r.Draft.Secrets[path]; typed {
			r.Changes = append(r.Changes, ImportDiff{Path: path})
		} else if before[path] != after[path] {
			r.Changes = append(r.Changes, ImportDiff{path, before[path], after[path]})
		}
	}
	for _, path := range slices.Sorted(maps.Keys(after)) {
		if c.Input(path) == nil { // unknown: to be refused, not to be overlooked
			r.Changes = append(r.Changes, ImportDiff{path, "", after[path]})
		}
	}
	if stored.Enabled != r.Draft.Enabled {
		r.Changes = append(r.Changes, ImportDiff{"enabled", yesNo(stored.Enabled), yesNo(r.Draft.Enabled)})
	}
	if was, is := extendedText(stored.Extended), extendedText(r.Draft.Extended); was != is {
		r.Changes = append(r.Changes, ImportDiff{"extended", was, is})
	}
	if len(r.Changes) == 0 {
		r.Verdict = ImportSame
	}
}

func yesNo(yes bool) string {
	if yes {
		return "true"
	}
	return "false"
}

func extendedText(x *Extended) string {
	if x == nil {
		return ""
	}
	return x.Name + "=" + x.Value
}

// ApplyImport stores the rows that are ready, each for itself, and tells what
// became of each. Only the forms are judged: the systems behind are asked by a
// run, which shows its progress and can be cancelled.
func ApplyImport(ctx context.Context, links Links, s Scope, rows []ImportRow) ([]Outcome, error) {
	outcomes := make([]Outcome, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		if !r.Ready() {
			continue
		}
		save := links.CreateLink
		if r.Draft.ID != "" {
			save = links.UpdateLink
		}
		link, err := save(ctx, s, r.Draft, Shape)
		o := Outcome{ID: link.ID, Name: r.Draft.Name}
		if o.Err, err = refusal(err); err != nil {
			return outcomes, err
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, nil
}
