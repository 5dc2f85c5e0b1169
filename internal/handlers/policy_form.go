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

// deed is what saving the form does.
func (pf *policyForm) deed() api.Deed {
	if pf.stored == nil {
		return api.CreatePolicy{Draft: pf.draft}
	}
	return api.UpdatePolicy{ID: pf.stored.ID, Draft: pf.draft, Version: readVersion(pf.values.Get("version"))}
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
		d := api.ResourceDraft{ID: strings.TrimSpace(row["id"])} // which a cloud has for it
		known := slices.IndexFunc(stored, func(r api.ResourceDraft) bool { return r.ID == d.ID })
		if name == "" && path == "" && (d.ID == "" || known >= 0) {
			continue
		}
		if known >= 0 {
			d = stored[known]
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
