package templates

import (
	"context"
	"encoding/json"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/api/compare"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
)

// ComparePlanView is what copying things into a project would do there, and what became of
// those that were copied.
type ComparePlanView struct {
	From, To    ComparedProject
	Back        string // the page where the things were ticked
	Rows        []ComparePlanRow
	Notice      api.Message // why the plan is shown again
	AskAll      bool        // missing secrets are errors now
	Broken      bool        // something broke inside before all was tried
	HeldSecrets map[string]string
	Place       func(kind api.Kind, id, parent string) string // page of a thing in To
	// Undo takes back what was copied, all of it at once; nil if nothing was.
	Undo templ.Component
}

// lead says from where to where.
func (v *ComparePlanView) lead(ctx context.Context) string {
	key := "compare.plan_lead"
	if v.tried() {
		key = "compare.done_lead"
	}
	return locale.T(ctx, key, "from", v.From.Name, "to", v.To.Name)
}

// ComparePlanRow is an item of the plan.
type ComparePlanRow struct {
	compare.Item

	Picked bool
	Result *compare.Result // nil if nobody tried it yet
}

// CompareSecret is the field of a secret of a link that is copied.
func CompareSecret(k compare.Key, path string) string { return "secret." + k.Text() + "." + path }

// CompareSeen is what a plan says of a row that was seen: its key, and the mark.
func CompareSeen(i *compare.Item) string { return i.Key.Text() + " " + i.Seen }

func (v *ComparePlanView) path() string { return v.To.path() + CompareCopy }

// done reports whether the row was copied.
func (r *ComparePlanRow) done() bool { return r.Result != nil && r.Result.Err == nil }

// asked reports whether the row became a request.
func (r *ComparePlanRow) asked() bool {
	return r.Result != nil && r.Result.Err != nil && r.Result.Err.Code == api.Approval
}

// pickable reports whether the row can be carried out, maybe once its secrets are typed.
func (r *ComparePlanRow) pickable() bool {
	return !r.done() && !r.asked() && len(r.Steps) > 0 && r.Why == nil
}

// left reports whether there is a row that can be carried out.
func (v *ComparePlanView) left() bool {
	for i := range v.Rows {
		if v.Rows[i].pickable() {
			return true
		}
	}
	return false
}

// tried reports whether rows were carried out.
func (v *ComparePlanView) tried() bool {
	for i := range v.Rows {
		if v.Rows[i].Result != nil {
			return true
		}
	}
	return false
}

// fate is what the plan does with a row, or did: the key of a word, and its badge.
func (r *ComparePlanRow) fate() (key, badge string) {
	switch {
	case r.done():
		return "compare.done", "badge-passed"
	case r.asked():
		return "bulk.waits", "badge-warned"
	case r.Result != nil:
		return "bulk.refused", "badge-failed"
	case r.Same:
		return "import.same", ""
	case r.Why != nil:
		return "compare.cannot", "badge-failed"
	case r.New:
		return "import.add", "badge-passed"
	default:
		return "import.change", "badge-warned"
	}
}

// counts says how many rows there are of each fate.
func (v *ComparePlanView) counts(ctx context.Context) string {
	n := map[string]int{}
	for i := range v.Rows {
		key, _ := v.Rows[i].fate()
		n[key]++
	}
	if v.tried() {
		return locale.T(ctx, "compare.outcome", "done", n["compare.done"], "waiting", n["bulk.waits"], "refused", n["bulk.refused"])
	}
	return locale.T(ctx, "compare.counts", "add", n["import.add"], "change", n["import.change"], "same", n["import.same"], "error", n["compare.cannot"])
}

// request is the page of the request that was made instead.
func (v *ComparePlanView) request(r *ComparePlanRow) string {
	id, _ := r.Result.Err.Message.Args["request"].(string)
	return v.To.path() + "/requests/" + id
}

// place is the page of what is there, empty if nothing is.
func (v *ComparePlanView) place(r *ComparePlanRow) string {
	if r.ThingID == "" {
		return ""
	}
	return v.Place(r.Key.Kind, r.ThingID, r.ParentID)
}

// stepChange is what a step changes.
func stepChange(s *compare.Step) api.Change {
	return api.Change{Kind: s.About.Kind, Action: string(s.About.Action), ObjectName: s.About.Name, Before: s.Before, After: s.After}
}

// pathLabel is what people call a path of a row: of a link, an input of its connector.
func pathLabel(ctx context.Context, r *ComparePlanRow, path string) string {
	var link auditedLink
	if r.Key.Kind != api.KindLink || len(r.Steps) == 0 || json.Unmarshal(r.Steps[0].After, &link) != nil {
		return path
	}
	if conn := connector.Find(link.Connector); conn != nil && conn.Input(path) != nil {
		return conn.Input(path).Label.In(locale.Lang(ctx))
	}
	return path
}

// reasons say why a row cannot be copied, or was not.
func (r *ComparePlanRow) reasons(ctx context.Context) []string {
	why := r.Why
	if r.Result != nil {
		why = r.Result.Err
	}
	if why == nil || r.asked() {
		return nil
	}
	var said []string
	for _, p := range why.Problems {
		text := locale.Msg(ctx, p.Message)
		if label := pathLabel(ctx, r, p.Path); label != p.Path {
			text = label + locale.T(ctx, "form.colon") + text
		}
		said = append(said, text)
	}
	if len(said) == 0 {
		said = []string{locale.Msg(ctx, why.Message)}
	}
	return said
}
