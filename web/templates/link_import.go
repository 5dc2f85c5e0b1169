package templates

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
)

// importID is the id of what one step of an import draws in the place of the
// one before.
const importID = "import"

// ImportView is the import of links on its way: what to read, the plan, or
// what became of it.
type ImportView struct {
	Base     string
	Cluster  string // where links go that name none, one of
	Clusters api.Clusters
	Refused  api.Message
	Notice   api.Message // why the plan is shown again
	AskAll   bool        // missing secrets are errors now

	Held        string // the file, sealed
	Rows        []api.ImportRow
	Picked      map[int]bool
	HeldSecrets map[string]string // sealed, by the name of the field

	Outcomes []api.Outcome
	Run      string // the run that asks the systems behind what was stored
}

// Untouched picks every row that would do something.
func (v *ImportView) Untouched() {
	v.Picked = map[int]bool{}
	for i := range v.Rows {
		v.Picked[i] = v.pickable(i)
	}
}

func (v *ImportView) pickable(i int) bool {
	return v.Rows[i].Verdict == api.ImportAdd || v.Rows[i].Verdict == api.ImportChange
}

// PickedRows are the rows to be applied.
func (v *ImportView) PickedRows() []api.ImportRow {
	var picked []api.ImportRow
	for i := range v.Rows {
		if v.Picked[i] && v.pickable(i) {
			picked = append(picked, v.Rows[i])
		}
	}
	return picked
}

// Plan identifies what the plan would do to what is stored: somebody agrees to
// exactly that.
func (v *ImportView) Plan() string {
	h := sha256.New()
	for i := range v.Rows {
		r := &v.Rows[i]
		fmt.Fprintf(h, "%q %q %s %s %d\n", r.Draft.Cluster, r.Draft.Name, r.Verdict, r.Draft.ID, r.Draft.Version)
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func (v *ImportView) count(verdict api.ImportVerdict) int {
	n := 0
	for i := range v.Rows {
		if v.Rows[i].Verdict == verdict {
			n++
		}
	}
	return n
}

func (v *ImportView) counts(ctx context.Context) string {
	return locale.T(ctx, "transfer.counts", "add", v.count(api.ImportAdd), "change", v.count(api.ImportChange),
		"same", v.count(api.ImportSame), "error", v.count(api.ImportError))
}

// order is the order in which the rows are shown: first those that somebody
// has to look at, last those that change nothing.
func (v *ImportView) order() []int {
	all := make([]int, 0, len(v.Rows))
	for _, verdict := range []api.ImportVerdict{api.ImportError, api.ImportChange, api.ImportAdd, api.ImportSame} {
		for i := range v.Rows {
			if v.Rows[i].Verdict == verdict {
				all = append(all, i)
			}
		}
	}
	return all
}

func (v *ImportView) path() string { return v.Base + "/import" }

// importSecrets are the secrets that a row asks for, or was given on the page.
func (v *ImportView) importSecrets(i int) []connector.Input {
	c := connector.Find(v.Rows[i].Draft.Connector)
	if c == nil {
		return nil
	}
	var found []connector.Input
	for _, in := range c.Inputs {
		missing := false
		for _, path := range v.Rows[i].Missing {
			missing = missing || path == in.Name
		}
		if missing || v.HeldSecrets[secretField(i, in.Name)] != "" {
			found = append(found, in)
		}
	}
	return found
}

func secretField(row int, path string) string { return "secret." + strconv.Itoa(row) + "." + path }

// importLabel is what people call the value at a path.
func importLabel(ctx context.Context, r *api.ImportRow, path string) string {
	if c := connector.Find(r.Draft.Connector); c != nil && c.Input(path) != nil {
		return c.Input(path).Label.In(locale.Lang(ctx))
	}
	switch path {
	case "enabled":
		return locale.T(ctx, "link.enabled")
	case "name":
		return locale.T(ctx, "link.name")
	case "cluster":
		return locale.T(ctx, "link.cluster")
	case "connector":
		return locale.T(ctx, "link.connector")
	}
	return path
}

// importKind is what people call the kind of system of a row.
func importKind(ctx context.Context, r *api.ImportRow) string {
	if c := connector.Find(r.Draft.Connector); c != nil {
		return c.TileOf(r.Draft.Inputs).Label.In(locale.Lang(ctx))
	}
	return r.Draft.Connector
}

func verdictKind(v api.ImportVerdict) string {
	switch v {
	case api.ImportAdd:
		return "badge-passed"
	case api.ImportChange:
		return "badge-warned"
	case api.ImportError:
		return "badge-failed"
	}
	return ""
}
