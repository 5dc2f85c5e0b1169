package wire

import (
	"net/http"

	"switchboard/internal/api"
)

// describedReplications are the runs of replications, and the regions that they go to.
func describedReplications() map[string]described {
	region := described{
		Body: regionBody{}, Needs: []string{"name", "kind"}, Answer: regionJSON{},
		Example: `{"name":"far","kind":"s3","endpoint":"https://obs.example.com","bucket":"backups","access_key":"","secret":"${secret}"}`,
	}
	created, tested := region, region
	created.Status, tested.Answer = http.StatusCreated, api.Check{}
	return map[string]described{
		"PlanReplication": {
			Query: paged(), Body: keys{"policy": "", "region": "", "project": "", "accelerate": false}, Needs: []string{"policy", "region", "project"}, Answer: ownPlanJSON{},
		},
		"ListReplications":  {Query: paged(text("policy"), flag("open")), Answer: listOf("replications", []runJSON{})},
		"ShowReplication":   {Answer: runJSON{}},
		"CancelReplication": {Answer: runJSON{}, Removes: true},
		"RetryReplication":  {Status: http.StatusCreated, Answer: runJSON{}},
		"ListRunRecords":    {Query: paged(choice("status", recordStatuses...)), Answer: listOf("records", []ownRecordJSON{})},
		"ShowRunRecord":     {Answer: ownRecordJSON{}},

		"ListRegions":     {Answer: keys{"regions": []regionJSON{}}},
		"CreateRegion":    created,
		"TestRegionDraft": tested,
		"ShowRegion":      {Answer: regionJSON{}},
		"UpdateRegion":    region,
		"DeleteRegion":    {Status: http.StatusNoContent, Removes: true},
		"TestRegion":      tested,
	}
}
