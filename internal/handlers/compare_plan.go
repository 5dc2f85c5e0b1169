package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/compare"
	"switchboard/internal/api/identity"
	"switchboard/web/templates"
)

// copying is a plan on its way through a form: what is copied into the project of the
// path, and from which one.
type copying struct {
	values   url.Values
	from     *identity.Project
	src, dst compare.Side
	keys     []compare.Key
	seen     map[compare.Key]string // marks of the rows, as the form has them
	picked   map[compare.Key]bool
	secrets  compare.Secrets
	view     templates.ComparePlanView
}

// readCopy reads a form of things to copy. The project that they come from has to be one
// that the reader may see.
func (p *pages) readCopy(c echo.Context) (*copying, error) {
	if err := project(c).Changeable(); err != nil {
		return nil, err
	}
	values, err := formValues(c)
	if err != nil {
		return nil, err
	}
	from, err := p.Identity.Project(c.Request().Context(), currentSession(c).User, values.Get("from"))
	if err != nil {
		return nil, err
	}
	k := &copying{values: values, from: &from, seen: map[compare.Key]string{}, picked: map[compare.Key]bool{}, secrets: compare.Secrets{}}
	k.src, k.dst = p.sideOf(c, &from), p.sideOf(c, project(c))
	for _, text := range values["id"] {
		if key, ok := compare.ParseKey(text); ok {
			k.keys, k.picked[key] = append(k.keys, key), true
		}
	}
	for _, row := range values["seen"] {
		text, mark, _ := strings.Cut(row, " ")
		if key, ok := compare.ParseKey(text); ok {
			k.keys, k.seen[key] = append(k.keys, key), mark
		}
	}
	k.view = templates.ComparePlanView{
		From: comparedProject(&from), To: comparedProject(project(c)), HeldSecrets: map[string]string{},
		Back:  backTo(c, templates.ProjectPath(project(c).ID)+templates.CompareSuffix),
		Place: func(kind api.Kind, id, parent string) string { return placeOf(c, kind, id, parent) },
	}
	return k, nil
}

// planCopy shows what copying the ticked things would do. Nothing is stored.
func (p *pages) planCopy(c echo.Context) error {
	k, err := p.readCopy(c)
	if err != nil {
		return err
	}
	if len(k.keys) == 0 {
		p.flashKind(c, templates.Warning, api.M("bulk.none_ticked"))
		return redirect(c, k.view.Back)
	}
	items, err := compare.Plan(c.Request().Context(), k.src, k.dst, k.keys, nil)
	if api.CodeOf(err) == api.Limit {
		p.flashKind(c, templates.Warning, domainError(err).Message)
		return redirect(c, k.view.Back)
	}
	if err != nil {
		return err
	}
	for _, item := range items {
		k.view.Rows = append(k.view.Rows, templates.ComparePlanRow{Item: item, Picked: true})
	}
	return p.renderCopy(c, http.StatusOK, k)
}

// renderCopy shows the plan; before anything of it was tried, with the code of what it
// would do.
func (p *pages) renderCopy(c echo.Context, status int, k *copying) error {
	title := "compare.plan_title"
	if k.view.Undo != nil {
		title = "compare.done_title"
	}
	frame := p.frame(c, title)
	frame.Path = k.view.Back
	items := make([]compare.Item, len(k.view.Rows))
	for i := range k.view.Rows {
		items[i] = k.view.Rows[i].Item
	}
	deeds := compare.Deeds(items)
	asked := map[api.ApprovalRule]bool{}
	for _, d := range deeds {
		if about := d.About(); !asked[api.ApprovalRule{Kind: about.Kind, Action: about.Action}] {
			asked[api.ApprovalRule{Kind: about.Kind, Action: about.Action}] = true
			needs, err := p.Requests.NeedsApproval(c.Request().Context(), k.dst.Scope, about.Kind, about.Action)
			if err != nil {
				return err
			}
			frame.Approval = frame.Approval || needs
		}
	}
	if strings.HasSuffix(c.Path(), templates.ComparePlan) && len(deeds) > 0 {
		if err := p.sampleMany(c, &frame, false, does(api.Message{}, deeds...)); err != nil {
			return err
		}
	}
	return p.render(c, status, templates.ComparePlanPage(frame, k.view))
}

// copyThings carries out the ticked rows of a plan, each as far as it would do what was
// seen, and tells what became of each.
func (p *pages) copyThings(c echo.Context) error {
	k, err := p.readCopy(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	p.readCopySecrets(c, k)
	items, err := compare.Plan(ctx, k.src, k.dst, k.keys, k.secrets)
	if err != nil {
		return err
	}
	var wanted []compare.Wanted
	incomplete := false
	for _, item := range items {
		if k.picked[item.Key] {
			wanted = append(wanted, compare.Wanted{Key: item.Key, Seen: k.seen[item.Key]})
			incomplete = incomplete || item.Why == nil && len(item.Missing) > 0 && item.Seen == k.seen[item.Key]
		}
	}
	switch {
	case len(wanted) == 0:
		k.view.Notice = api.M("compare.none_picked")
	case incomplete:
		k.view.Notice, k.view.AskAll = api.M("compare.incomplete"), true
	default:
		return p.carryOut(c, k, wanted)
	}
	k.show(items, nil)
	return p.renderCopy(c, http.StatusUnprocessableEntity, k)
}

// carryOut does what is wanted, and plans again what is left.
func (p *pages) carryOut(c echo.Context, k *copying, wanted []compare.Wanted) error {
	ctx := c.Request().Context()
	results, err := compare.Do(ctx, k.src, k.dst, wanted, k.secrets)
	if err != nil && len(results) == 0 {
		return err
	}
	if err != nil {
		p.logBroken(c, err)
		k.view.Broken = true
	}
	items, err := compare.Plan(ctx, k.src, k.dst, k.keys, k.secrets)
	if err != nil {
		return err
	}
	k.show(items, results)
	outcomes := make([]api.Outcome, len(results))
	for i := range results {
		outcomes[i] = api.Outcome{Name: results[i].Key.Name, Err: results[i].Err}
	}
	k.view.Undo = p.wayBackOf(c, outcomes)
	return p.renderCopy(c, http.StatusOK, k)
}

// show makes the rows of the page: what failed stays ticked.
func (k *copying) show(items []compare.Item, results []compare.Result) {
	for _, item := range items {
		row := templates.ComparePlanRow{Item: item, Picked: k.picked[item.Key]}
		at := slices.IndexFunc(results, func(r compare.Result) bool { return r.Key == item.Key })
		if at >= 0 {
			row.Result = &results[at]
		}
		k.view.Rows = append(k.view.Rows, row)
	}
}

// readCopySecrets reads the secrets that were typed, now or into an earlier rendering of
// the plan; they come back sealed.
func (p *pages) readCopySecrets(c echo.Context, k *copying) {
	for _, key := range k.keys {
		prefix := templates.CompareSecret(key, "")
		for name := range k.values {
			path, ours := strings.CutPrefix(name, prefix)
			path = strings.TrimSuffix(path, ".held")
			if !ours || path == "" {
				continue
			}
			field := templates.CompareSecret(key, path)
			text := k.values.Get(field)
			if text == "" {
				text = p.unhold(c, field, k.values.Get(field+".held"))
			}
			if text == "" {
				continue
			}
			if k.secrets[key] == nil {
				k.secrets[key] = map[string]api.Secret{}
			}
			k.secrets[key][path] = api.NewSecret(text)
			k.view.HeldSecrets[field] = p.hold(c, field, text)
		}
	}
}
