package handlers

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/schedule"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

func (p *pages) newPolicy(c echo.Context) error {
	pf := &policyForm{values: newPolicyValues()}
	pf.readDraft()
	return p.showPolicyForm(c, http.StatusOK, pf, formState{focus: "name"})
}

func (p *pages) editPolicy(c echo.Context) error {
	view, err := p.policyView(c)
	if err != nil {
		return err
	}
	pf := &policyForm{values: policyValues(&view.Policy), stored: &view.Policy}
	pf.readDraft()
	return p.showPolicyForm(c, http.StatusOK, pf, formState{})
}

// showPolicyForm renders the form's page. What will happen is said anew with every
// field that decides about it.
func (p *pages) showPolicyForm(c echo.Context, status int, pf *policyForm, state formState) error {
	regions, err := p.Service.Regions(c.Request().Context(), p.scope(c))
	if err != nil {
		return err
	}
	f, err := p.policyFields(c, pf, regions, state)
	if err != nil {
		return err
	}
	f.Problems = pf.pin(state.problems)
	f.Refused, f.Focus, f.Unsaved = state.refused, state.focus, state.unsaved
	if err := p.sample(c, f, pf.deed()); err != nil {
		return err
	}
	view := templates.PolicyFormView{
		Base: replicationPath(c), Form: f, Stored: pf.stored, Kept: pf.kept, Words: pf.words(regions), Changed: state.changed,
	}
	var beside []any
	if path, ok := f.FieldPath(state.only); ok {
		f.Only(path)
		ripe(f)
		if strings.HasPrefix(path, "operations.") {
			view.Words.Beside = true
			beside = append(beside, templates.PolicyWordsID)
		}
	}
	title, path := "policies.new", view.Base+"/new"
	if pf.stored != nil {
		title, path = "policies.edit_title", view.Base+"/"+pf.stored.ID+"/edit"
	}
	frame := p.frame(c, title)
	frame.Path = path
	return p.render(c, status, templates.PolicyForm(frame, view), beside...)
}

// policyFields describes the form for people. What was typed for another choice is
// kept, in case that choice comes back.
func (p *pages) policyFields(c echo.Context, pf *policyForm, regions []api.Region, state formState) (*form.Form, error) {
	f := &form.Form{ID: templates.PolicyFormID, Action: replicationPath(c), Values: pf.values, Guard: true}
	if pf.stored != nil {
		f.Action += "/" + pf.stored.ID
		f.Hidden = []form.Hidden{{Name: "version", Value: pf.values.Get("version")}}
	}
	home := slices.IndexFunc(regions, func(r api.Region) bool { return r.Home })
	cloud := home >= 0 && regions[home].Kind == api.StoreCloud
	unseen := []string{"id"}
	if cloud {
		unseen = []string{"path", "adopt"}
	}
	for n, row := range form.ReadRows(pf.values, templates.PolicyResources) {
		for _, name := range unseen {
			if row[name] != "" {
				f.Hidden = append(f.Hidden, form.Hidden{Name: form.RowPath(templates.PolicyResources, n) + "." + name, Value: row[name]})
			}
		}
	}
	fields := templates.PolicyFields{
		Home: p.Region, Regions: regions, Keep: pf.values.Get(templates.PolicyKeep), To: pf.values.Get(templates.PolicyTo),
		BackupEvery: pf.values.Get(templates.PolicyBackup + templates.ScheduleEvery),
		CopyEvery:   pf.values.Get(templates.PolicyCopy + templates.ScheduleEvery),
		Periods:     pf.periods(),
		Cloud:       cloud,
	}
	if home >= 0 {
		fields.Home = regions[home].Name
	}
	if cloud { // nothing there can be browsed
		return pf.sections(c, f, fields), nil
	}
	if state.only == "" || state.only == form.FieldID(templates.PolicyResources) {
		var err error
		if fields.Picker, err = p.picker(c, f, fields.Home); err != nil {
			return nil, err
		}
		fields.Picker.Focus = state.focus == templates.PickerID
	}
	return pf.sections(c, f, fields), nil
}

// sections are those of the form, with the tags.
func (pf *policyForm) sections(c echo.Context, f *form.Form, fields templates.PolicyFields) *form.Form {
	f.Sections = append(templates.PolicySections(localised(c), fields), form.Section{
		ID: "section-tags", Title: tagsField(c, api.PolicyTags).Label, Advanced: true, Fields: []form.Field{tagsField(c, api.PolicyTags)},
	})
	f.Hidden = append(f.Hidden, elsewhere(f, "operations.")...)
	return f
}

// elsewhere is what was typed below a path and has no field in the form as it is.
func elsewhere(f *form.Form, below string) []form.Hidden {
	var found []form.Hidden
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		if !strings.HasPrefix(name, below) || f.Has(name) {
			continue
		}
		for _, value := range f.Values[name] {
			found = append(found, form.Hidden{Name: name, Value: value})
		}
	}
	return found
}

// words says what the form would do, as far as it says that.
func (pf *policyForm) words(regions []api.Region) templates.PolicyWords {
	words := templates.PolicyWords{Backup: pf.scheduleWords(0, templates.PolicyBackup)}
	if backup := pf.draft.Operations[0]; !slices.ContainsFunc(boundsOf(&backup), unreadable) {
		words.Retention = new(backup.Retention())
	}
	to := pf.values.Get(templates.PolicyTo)
	if i := slices.IndexFunc(templates.Destinations(regions), func(c form.Choice) bool { return c.Value == to }); to != "" {
		words.Destination, words.Copy = to, pf.scheduleWords(1, templates.PolicyCopy)
		if i >= 0 {
			words.Destination = templates.Destinations(regions)[i].Label
		}
	}
	return words
}

// unreadable reports whether a bound is no number.
func unreadable(bound *string) bool {
	_, err := strconv.Atoi(*bound)
	return err != nil && *bound != ""
}

// scheduleWords says when an operation of the draft would be due. One that stays as
// it is goes on counting from when it began.
func (pf *policyForm) scheduleWords(n int, path string) *templates.ScheduleWords {
	if slices.ContainsFunc(pf.faults, func(p api.Problem) bool { return strings.HasPrefix(p.Path, path+".") }) {
		return nil
	}
	d, start := pf.draft.Operations[n], time.Now()
	pattern, problem := schedule.Parse(d.Pattern)
	if problem != "" {
		return nil
	}
	if o := shownOperation(pf.stored, d.Type); o != nil && o.Pattern == d.Pattern {
		start = o.Start
	}
	return scheduleWords(pattern, d.Enabled, start)
}
