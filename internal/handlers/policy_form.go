package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/schedule"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// policyForm is a policy as it stands in the form: what was typed, and the draft
// that it describes. Of the operations of a policy the form shows the first backup
// and the first replication; what else a program gave it goes along untouched.
type policyForm struct {
	values    url.Values
	stored    *api.Policy // edited, nil for a new one
	draft     api.PolicyDraft
	resources []int           // the row of each resource of the draft
	tags      []int           // the row of each tag of the draft
	kept      []api.Operation // of stored, that the form does not show
	faults    []api.Problem   // of the form itself, before it is a draft
}

// bounds are the fields that say how many backups are kept, below an operation.
var bounds = []string{".max", ".days", ".daily", ".weekly", ".monthly", ".yearly"}

// periods reports whether something is typed about days, weeks, months or years.
func (pf *policyForm) periods() bool {
	return slices.ContainsFunc(bounds[2:], func(bound string) bool {
		return strings.TrimSpace(pf.values.Get(templates.PolicyBackup+bound)) != ""
	})
}

// boundsOf are the same of a draft.
func boundsOf(o *api.OperationDraft) []*string {
	return []*string{&o.Max, &o.Days, &o.Daily, &o.Weekly, &o.Monthly, &o.Yearly}
}

// usualZone is where days begin unless somebody says so.
const usualZone = "UTC+00:00"

// newPolicyValues are the values that a new form starts with: every night, for a
// month.
func newPolicyValues() url.Values {
	v := url.Values{templates.PolicyKeep: {templates.KeepSome}, templates.PolicyBackup + ".days": {"30"}, templates.PolicyBackup + ".zone": {usualZone}}
	form.SetRows(v, templates.PolicyResources, []form.Row{{}})
	setSchedule(v, templates.PolicyBackup, schedule.Pattern{Interval: 1, Times: []schedule.Clock{{Hour: 2}}}, true)
	setSchedule(v, templates.PolicyCopy, schedule.Pattern{Interval: 1, Times: []schedule.Clock{{Hour: 4}}}, true)
	return v
}

// policyValues fills the form's values from a stored policy.
func policyValues(p *api.Policy) url.Values {
	v := newPolicyValues()
	v.Set("name", p.Name)
	v.Set("description", p.Description)
	v.Set("version", strconv.FormatInt(p.Version, 10))
	rows := make([]form.Row, len(p.Resources))
	for i, r := range p.Resources {
		rows[i] = form.Row{"id": r.ID, "name": r.Name, "path": r.Path}
		if r.Adopt {
			rows[i]["adopt"] = templates.Adopt
		}
	}
	form.SetRows(v, templates.PolicyResources, rows)
	setTags(v, p.Tags)
	if backup := shownOperation(p, api.OperationBackup); backup != nil {
		setBackup(v, backup)
	} else {
		v.Del(templates.PolicyBackup + ".enabled") // what is not there does not begin by a save
	}
	if replication := shownOperation(p, api.OperationReplication); replication != nil {
		pattern, _ := schedule.Parse(replication.Pattern)
		setSchedule(v, templates.PolicyCopy, pattern, replication.Enabled)
		v.Set(templates.PolicyTo, templates.DestinationValue(replication.Destination))
		setSwitch(v, templates.PolicyCopy+".accelerate", replication.Accelerate)
	}
	return v
}

func setBackup(v url.Values, backup *api.Operation) {
	pattern, _ := schedule.Parse(backup.Pattern)
	setSchedule(v, templates.PolicyBackup, pattern, backup.Enabled)
	r := &backup.Retention
	for i, n := range []int{r.Max, r.Days, r.Daily, r.Weekly, r.Monthly, r.Yearly} {
		v.Del(templates.PolicyBackup + bounds[i])
		if n > 0 {
			v.Set(templates.PolicyBackup+bounds[i], strconv.Itoa(n))
		}
	}
	if r.Permanent {
		v.Set(templates.PolicyKeep, templates.KeepAll)
	}
	if r.Zone != "" {
		v.Set(templates.PolicyBackup+".zone", r.Zone)
	}
}

func setSwitch(v url.Values, path string, on bool) {
	v.Del(path)
	if on {
		v.Set(path, "true")
	}
}

// shownOperation is the operation of a type that the form shows, nil if it is to
// make one.
func shownOperation(p *api.Policy, kind api.OperationType) *api.Operation {
	if p == nil {
		return nil
	}
	o := p.Operation(kind)
	if o == nil {
		return nil
	}
	if _, problem := schedule.Parse(o.Pattern); problem != "" {
		return nil
	}
	return o
}

// readPolicy reads the posted form. The policy that it edits is looked up, so that
// a foreign id is not found.
func (p *pages) readPolicy(c echo.Context) (*policyForm, error) {
	values, err := formValues(c)
	if err != nil {
		return nil, err
	}
	pf := &policyForm{values: values}
	if c.Param("id") != "" {
		view, err := p.policyView(c)
		if err != nil {
			return nil, err
		}
		pf.stored = &view.Policy
	}
	pf.readDraft()
	return pf, nil
}

// readDraft reads what the form describes.
func (pf *policyForm) readDraft() {
	text := func(path string) string { return strings.TrimSpace(pf.values.Get(path)) }
	if pf.stored != nil {
		pf.draft = pf.stored.Draft()
	}
	pf.draft.Name, pf.draft.Description = text("name"), text("description")
	pf.readResources()
	pf.draft.Tags, pf.tags = readTags(pf.values)
	others := pf.readKept()
	pf.draft.Operations = []api.OperationDraft{pf.readBackup()}
	if text(templates.PolicyTo) != "" {
		pf.draft.Operations = append(pf.draft.Operations, pf.readCopy())
	}
	pf.draft.Operations = append(pf.draft.Operations, others...)
}

// readResources reads the rows of resources; those in which nothing was typed are
// left out. What a program said of one that is stored stays with it.
func (pf *policyForm) readResources() {
	stored := pf.draft.Resources
	pf.draft.Resources = nil
	for n, row := range form.ReadRows(pf.values, templates.PolicyResources) {
		name, path := strings.TrimSpace(row["name"]), strings.TrimSpace(row["path"])
		if name == "" && path == "" {
			continue
		}
		d := api.ResourceDraft{}
		if i := slices.IndexFunc(stored, func(r api.ResourceDraft) bool { return r.ID == row["id"] }); i >= 0 {
			d = stored[i]
		}
		d.Name, d.Path, d.Adopt = name, path, row["adopt"] == templates.Adopt
		pf.draft.Resources = append(pf.draft.Resources, d)
		pf.resources = append(pf.resources, n)
	}
}

// readKept finds the operations that the form does not show.
func (pf *policyForm) readKept() []api.OperationDraft {
	if pf.stored == nil {
		return nil
	}
	backup, replication := shownOperation(pf.stored, api.OperationBackup), shownOperation(pf.stored, api.OperationReplication)
	var others []api.OperationDraft
	for i := range pf.stored.Operations {
		if o := &pf.stored.Operations[i]; o != backup && o != replication {
			pf.kept = append(pf.kept, *o)
			others = append(others, pf.draft.Operations[i])
		}
	}
	return others
}

// operation is the draft of the stored operation that the form shows, or of a new
// one.
func (pf *policyForm) operation(kind api.OperationType) api.OperationDraft {
	shown := shownOperation(pf.stored, kind)
	if shown == nil {
		return api.OperationDraft{Type: kind}
	}
	drafts := pf.stored.Draft().Operations
	return drafts[slices.IndexFunc(drafts, func(d api.OperationDraft) bool { return d.ID == shown.ID })]
}

func (pf *policyForm) readBackup() api.OperationDraft {
	d := pf.operation(api.OperationBackup)
	pf.readSchedule(&d, templates.PolicyBackup)
	d.Permanent = pf.values.Get(templates.PolicyKeep) == templates.KeepAll
	if d.Permanent {
		return d
	}
	for i, bound := range boundsOf(&d) {
		typed := strings.TrimSpace(pf.values.Get(templates.PolicyBackup + bounds[i]))
		if n, err := strconv.Atoi(*bound); typed != "" || err != nil || n > 0 {
			*bound = typed // else it was no bound, in one way or another, and still is
		}
	}
	if pf.periods() {
		d.Zone = strings.TrimSpace(pf.values.Get(templates.PolicyBackup + ".zone"))
	}
	return d
}

func (pf *policyForm) readCopy() api.OperationDraft {
	d := pf.operation(api.OperationReplication)
	pf.readSchedule(&d, templates.PolicyCopy)
	to := readDestination(pf.values.Get(templates.PolicyTo))
	d.Region, d.Project = to.Region, to.Project
	d.Accelerate = pf.values.Get(templates.PolicyCopy+".accelerate") == "true"
	return d
}

// readSchedule reads when an operation is due. A pattern that says the same as the
// stored one stays as its program wrote it.
func (pf *policyForm) readSchedule(d *api.OperationDraft, path string) {
	d.Enabled = pf.values.Get(path+".enabled") == "true"
	pattern, faults := readPattern(pf.values, path)
	pf.faults = append(pf.faults, faults...)
	before, problem := schedule.Parse(d.Pattern)
	if problem != "" || before.String() != pattern.String() || len(faults) > 0 {
		d.Pattern = pattern.String()
	}
}
