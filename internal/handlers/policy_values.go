package handlers

import (
	"net/url"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/api/schedule"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

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
