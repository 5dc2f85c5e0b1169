package wire

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// CSBS's numbers (spec/replication.md §3). Those of BackupService are its
// successor's, for failures of replication that CSBS never numbered.
var (
	csbsLimit      = number{http.StatusBadRequest, "CSBS.0001"}
	csbsBackingUp  = number{http.StatusInternalServerError, "CSBS.1001"} // so in the table
	csbsItemBusy   = number{http.StatusBadRequest, "CSBS.2003"}
	csbsPlanBusy   = number{http.StatusBadRequest, "CSBS.2004"}
	csbsNoPlan     = number{http.StatusNotFound, "CSBS.3000"}
	csbsNoItem     = number{http.StatusNotFound, "CSBS.3001"}
	csbsItemState  = number{http.StatusBadRequest, "CSBS.4000"}
	csbsNoServer   = number{http.StatusBadRequest, "CSBS.6000"}
	csbsServerType = number{http.StatusBadRequest, "CSBS.6003"}
	csbsServerUsed = number{http.StatusBadRequest, "CSBS.6004"}
	csbsScheduled  = number{http.StatusInternalServerError, "CSBS.6030"}
	csbsCopying    = number{http.StatusBadRequest, "CSBS.6031"}
	csbsNothing    = number{http.StatusInternalServerError, "CSBS.6032"}
	csbsNoTask     = number{http.StatusNotFound, "CSBS.6040"}
	csbsTags       = number{http.StatusBadRequest, "CSBS.7000"}
	csbsInvalid    = number{http.StatusBadRequest, "CSBS.9001"}
	csbsQuota      = number{http.StatusBadRequest, "CSBS.9006"}
	csbsName       = number{http.StatusBadRequest, "CSBS.9007"}
	csbsInternal   = number{http.StatusInternalServerError, "CSBS.9999"}
	csbsAway       = number{http.StatusServiceUnavailable, "CSBS.9999"}

	csbsReplica     = number{http.StatusBadRequest, "BackupService.1002"}
	csbsDestination = number{http.StatusBadRequest, "BackupService.1005"}
	csbsThere       = number{http.StatusBadRequest, "BackupService.1009"}
	csbsProject     = number{http.StatusBadRequest, "BackupService.1011"}

	csbsForbidden = number{http.StatusForbidden, "APIGW.0302"} // CSBS has none
)

// csbsByCode numbers the messages that have none of their own.
var csbsByCode = map[api.Code]number{
	api.Invalid:     csbsInvalid,
	api.CheckFailed: csbsInvalid,
	api.Forbidden:   csbsForbidden,
	api.Approval:    csbsForbidden,
	api.NotFound:    csbsNoTask,
	api.Conflict:    csbsPlanBusy,
	api.Limit:       csbsLimit,
	api.Unavailable: csbsAway,
}

// csbsError gives err the shape of CSBS.
func csbsError(c echo.Context, err error) *reply {
	return flatError(c, err, csbsInternal, csbsNumber, csbsField)
}

// csbsNumber is the number of the error as a whole or, if it has none, of the
// first thing that is wrong.
func csbsNumber(e *api.Error) number {
	n := csbsNumbers[e.Message.Key]
	if len(e.Problems) > 0 {
		n = cmp.Or(n, csbsNumbers[e.Problems[0].Message.Key])
	}
	return cmp.Or(n, csbsByCode[e.Code], csbsInternal)
}

// csbsFields are the dialect's names of fields that package api calls otherwise,
// of operations with the object that they are in.
var csbsFields = map[string]string{
	"policy":  "policy_id",
	"region":  "destination_region",
	"project": "destination_project_id",
	"backup":  "checkpoint_item_id",

	"operations.type":       "operation_type",
	"operations.pattern":    "trigger.properties.pattern",
	"operations.max":        "operation_definition.max_backups",
	"operations.days":       "operation_definition.retention_duration_days",
	"operations.permanent":  "operation_definition.permanent",
	"operations.daily":      "operation_definition.day_backups",
	"operations.weekly":     "operation_definition.week_backups",
	"operations.monthly":    "operation_definition.month_backups",
	"operations.yearly":     "operation_definition.year_backups",
	"operations.zone":       "operation_definition.timezone",
	"operations.region":     "operation_definition.destination_region",
	"operations.project":    "operation_definition.destination_project_id",
	"operations.accelerate": "operation_definition.enable_acceleration",
	"resources.path":        "extra_info.path",
	"resources.adopt":       "extra_info.adopt",
}

// inList is a path of something in a list: the list, the place, and what.
var inList = regexp.MustCompile(`^(resources|operations)\.([0-9]+)\.(.+)$`)

// csbsField is the dialect's name of a field.
func csbsField(path string) string {
	list, place, field := "", "", path
	if m := inList.FindStringSubmatch(path); m != nil {
		list, place, field = m[1], m[2], m[3]
		path = list + "." + field
	}
	field = cmp.Or(csbsFields[path], field)
	if place == "" {
		return strings.Replace(field, "operations", "scheduled_operations", 1)
	}
	return strings.Replace(list, "operations", "scheduled_operations", 1) + "." + place + "." + field
}
