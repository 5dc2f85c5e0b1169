package handlers

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// aliasForm is an alias as it stands in the form: what was typed, and the draft
// that it describes.
type aliasForm struct {
	values   url.Values
	function api.Function
	versions []api.Version
	stored   *api.Alias // edited, nil for a new one
	draft    api.AliasDraft
	rules    []int // the row of each rule of the draft
}

// Fields of the form that are not typed: what the alias is of, which one is
// edited, its version as it was then, and what the form began with, which is only
// compared. "version" is that of the function.
const (
	aliasFunction = "function"
	aliasID       = "id"
	aliasRecord   = "record"
	aliasBase     = "base"
)

// usualWeight is what a gray release begins with unless somebody says so.
const usualWeight = "10"

// newAliasValues are the values that a new form starts with: the newest version
// that no other alias leads to.
func newAliasValues(function string, versions []api.Version) url.Values {
	v := url.Values{aliasFunction: {function}}
	free := func(version api.Version) bool { return len(version.Main) == 0 }
	if i := slices.IndexFunc(versions, func(version api.Version) bool { return version.Name != api.LatestVersion && free(version) }); i >= 0 {
		v.Set("version", versions[i].Name)
	} else if len(versions) > 0 && free(versions[0]) {
		v.Set("version", versions[0].Name)
	}
	setRoute(v, &routing.Route{})
	offerAdditional(v, versions)
	return v
}

// offerAdditional chooses the newest version that a part of the requests could
// be shifted to, where none is chosen.
func offerAdditional(v url.Values, versions []api.Version) {
	i := slices.IndexFunc(versions, func(version api.Version) bool {
		return version.Name != api.LatestVersion && version.Name != v.Get("version")
	})
	if i >= 0 && v.Get(templates.AliasAdditional) == "" {
		v.Set(templates.AliasAdditional, versions[i].Name)
	}
}

// aliasValues fills the form's values from a stored alias.
func aliasValues(a *api.Alias, versions []api.Version) url.Values {
	v := url.Values{
		aliasFunction: {a.Function.ID}, aliasID: {a.ID}, aliasRecord: {strconv.FormatInt(a.Version, 10)},
		"name": {a.Name}, "description": {a.Description}, "version": {a.Route.Main},
	}
	setRoute(v, &a.Route)
	offerAdditional(v, versions)
	v.Set(aliasBase, v.Encode())
	return v
}

// setRoute writes how requests are shared into the form. The fields of the other
// ways get what they would begin with.
func setRoute(v url.Values, r *routing.Route) {
	v.Set(templates.AliasAdditional, r.Additional)
	v.Set(templates.AliasShift, templates.ShiftOff)
	v.Set(templates.AliasWeight, usualWeight)
	v.Set("combine", string(routing.And))
	rows := []form.Row{{"type": string(routing.Header), "op": string(routing.Equal)}}
	switch {
	case r.Additional == "":
	case len(r.Rules) > 0:
		v.Set(templates.AliasShift, templates.ShiftRules)
		if r.Any() {
			v.Set("combine", string(routing.Or))
		}
		rows = nil
		for _, rule := range r.Rules {
			rows = append(rows, form.Row{"type": string(rule.Type), "param": rule.Param, "op": string(rule.Op), "value": rule.Value})
		}
	default:
		v.Set(templates.AliasShift, templates.ShiftWeight)
		v.Set(templates.AliasWeight, strconv.Itoa(r.Weight))
	}
	form.SetRows(v, templates.AliasRules, rows)
	v.Set(templates.AliasSticky+".type", strings.ToLower(string(r.Sticky.Type)))
	v.Set(templates.AliasSticky+".param", r.Sticky.Param)
}

// readAlias reads the posted form. The alias that it edits, or the function of a
// new one, is looked up, so that a foreign id is not found.
func (p *pages) readAlias(c echo.Context) (*aliasForm, error) {
	values, err := formValues(c)
	if err != nil {
		return nil, err
	}
	af := &aliasForm{values: values}
	if err := p.findFunction(c, af, cmp.Or(c.Param("id"), values.Get(aliasID))); err != nil {
		return nil, err
	}
	af.readDraft()
	return af, nil
}

// deed is what saving the form does.
func (af *aliasForm) deed() api.Deed {
	if af.stored == nil {
		return api.CreateAlias{Function: af.function.ID, Draft: af.draft}
	}
	return api.UpdateAlias{ID: af.stored.ID, Draft: af.draft, Version: readVersion(af.values.Get(aliasRecord))}
}

// first is the first field that can be changed.
func (af *aliasForm) first() string {
	if af.stored != nil {
		return "description"
	}
	return "name"
}

// readDraft reads what the form describes.
func (af *aliasForm) readDraft() {
	values := af.values
	text := func(path string) string { return strings.TrimSpace(values.Get(path)) }
	af.draft = api.AliasDraft{Name: text("name"), Version: text("version"), Description: new(lines(text("description")))}
	if af.stored != nil {
		af.draft.Name = af.stored.Name
	}
	switch values.Get(templates.AliasShift) {
	case templates.ShiftWeight:
		af.draft.Weights = []api.WeightDraft{{Version: text(templates.AliasAdditional), Weight: text(templates.AliasWeight)}}
		af.draft.Sticky = new(readSticky(values))
	case templates.ShiftRules:
		af.draft.Strategies = []api.StrategyDraft{{Version: text(templates.AliasAdditional), Combine: routing.Combine(values.Get("combine")), Rules: af.readRules()}}
	}
}

// findFunction looks up the alias that is edited, if any, and its function.
func (p *pages) findFunction(c echo.Context, af *aliasForm, id string) error {
	ctx, s := c.Request().Context(), p.scope(c)
	function := af.values.Get(aliasFunction)
	if id != "" {
		stored, err := p.Service.Alias(ctx, s, id)
		if err != nil {
			return err
		}
		af.stored, function = &stored, stored.Function.ID
	}
	var err error
	if af.function, err = p.Service.Function(ctx, s, function); err != nil {
		return err
	}
	af.versions, err = p.Service.Versions(ctx, s, function)
	return err
}

// readSticky reads what keeps a caller on his version; what is typed beside "no"
// does not count.
func readSticky(v url.Values) routing.Source {
	kind := v.Get(templates.AliasSticky + ".type")
	if kind == "" {
		return routing.Source{}
	}
	return routing.Source{Type: routing.SourceType(kind), Param: strings.TrimSpace(v.Get(templates.AliasSticky + ".param"))}
}

// readRules reads the rows of rules; those in which nothing was typed are left
// out.
func (af *aliasForm) readRules() []routing.Rule {
	var rules []routing.Rule
	for n, row := range form.ReadRows(af.values, templates.AliasRules) {
		if strings.TrimSpace(row["param"]+row["value"]) == "" {
			continue
		}
		rules = append(rules, routing.Rule{
			Type: routing.SourceType(row["type"]), Param: strings.TrimSpace(row["param"]), Op: routing.Op(row["op"]), Value: row["value"],
		})
		af.rules = append(af.rules, n)
	}
	return rules
}

// route is where the draft would lead, and whether the form says all of it.
func (af *aliasForm) route() (routing.Route, bool) {
	route, problems := af.draft.Route()
	if af.draft.Name != "" {
		route.Salt = api.AliasSalt(af.function.Package, af.function.Name, af.draft.Name)
	}
	if af.stored != nil && af.draft.Sticky == nil {
		route.Sticky = af.stored.Route.Sticky
	}
	return route, !slices.ContainsFunc(problems, func(p api.Problem) bool { return p.Path != "name" && p.Path != "description" })
}

// advice is what is odd about rules, each at its row.
func (af *aliasForm) advice() []api.Problem {
	route, _ := af.route()
	var found []api.Problem
	for _, f := range routing.Findings(&route) {
		found = append(found, api.Problem{Path: form.RowPath(templates.AliasRules, af.rules[f.Rule]), Message: api.FindingWords(&route, f)})
	}
	return found
}
