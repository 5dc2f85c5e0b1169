package wire

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestTheShapeOfCSBSErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		err    error
		status int
		code   string
		text   string
	}{
		{"something broke", errors.New("disk full"), 500, "CSBS.9999", "Something broke on the server. Tell the administrator this request id: "},
		{"a bug", api.Errorf(api.Internal, "wire.one_link"), 500, "CSBS.9999", "Something broke on the server. Tell the administrator this request id: "},
		{"a code alone", api.Errorf(api.NotFound, "wire.one_endpoint"), 404, "CSBS.6040", "Name exactly one endpoint."},
		{"no body", api.Errorf(api.Invalid, "wire.body_empty"), 400, "CSBS.9001", "Send a JSON object as the request body."},
		{"another project", api.Errorf(api.Forbidden, "wire.project_mismatch", "project", "p"), 403, "APIGW.0302", "This credential is not for project p."},
		{"fields", api.Refuse([]api.Problem{
			{Path: "operations.3.max", Message: api.M("wire.number", "min", 0, "max", 9)}, {Path: "region", Message: api.M("wire.one_endpoint")},
		}), 400, "CSBS.9001", "scheduled_operations.3.operation_definition.max_backups: Use a whole number from 0 to 9. destination_region: Name exactly one endpoint."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := csbsError((&server{}).context("GET", "/"), c.err)
			body := r.body.(flatBody)
			require.Equal(t, c.status, r.status)
			require.Equal(t, c.code, body.Code)
			require.Contains(t, body.Message, c.text)
			require.NotContains(t, body.Message, "disk full")
		})
	}
}

func TestFieldsHaveTheNamesOfCSBS(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"": "", "name": "name", "policy": "policy_id", "region": "destination_region", "project": "destination_project_id", "backup": "checkpoint_item_id",
		"resources": "resources", "resources.12.path": "resources.12.extra_info.path", "resources.0.name": "resources.0.name",
		"operations": "scheduled_operations", "operations.0.pattern": "scheduled_operations.0.trigger.properties.pattern",
		"operations.1.name": "scheduled_operations.1.name", "operations.1.region": "scheduled_operations.1.operation_definition.destination_region",
		"tags.3.key": "tags.3.key", "limit": "limit",
	} {
		require.Equal(t, want, csbsField(path), path)
	}
}

// What may be refused about policies, backups and replications as a whole has a
// number of its own or is known to need none, so that a new message does not get
// one by accident.
func TestEveryRefusalOfCSBSHasANumber(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	whole := map[string]bool{}
	for _, folder := range []string{"..", "../embedded"} {
		files, err := os.ReadDir(folder)
		require.NoError(t, err)
		for _, file := range files {
			if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
				continue
			}
			text, err := os.ReadFile(folder + "/" + file.Name())
			require.NoError(t, err)
			for _, m := range csbsMessage.FindAllStringSubmatch(string(text), -1) {
				said[m[2]] = true
				whole[m[2]] = whole[m[2]] || m[1] != ""
			}
		}
	}
	require.Greater(t, len(said), 60, "the messages are looked for where they are")
	for key, asAWhole := range whole {
		if asAWhole && !csbsElsewhere[key] {
			require.NotZero(t, csbsNumbers[key], key)
		}
	}
	for key := range csbsNumbers {
		require.True(t, said[key] || strings.HasPrefix(key, "wire."), "%s is numbered, but nobody says it", key)
	}
}

// csbsMessage is a message about policies, backups and replications, and what
// makes an error of it.
var csbsMessage = regexp.MustCompile(`(api\.(?:NotFound|Conflict|Limit), )?"((?:policy|backup|replication|region|tag)\.[a-z_]+)"`)

// csbsElsewhere are refusals of calls that only the extensions have.
var csbsElsewhere = map[string]bool{
	"region.changed": true, "region.folder_missing": true, "region.has_operations": true, "region.own": true, "region.too_many": true,
	"replication.not_ended": true, "replication.not_cancelled": true, "region.of_cloud": true, "region.not_browsed": true, "backup.not_given_out": true,
}

// The rows of the service's table that this dialect uses, and those that it
// borrows, by what refuses.
func TestTheNumbersOfCSBS(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		code   api.Code
		key    string
		status int
		want   string
	}{
		{api.Limit, "policy.too_many", 400, "CSBS.0001"},
		{api.Conflict, "backup.under_way", 500, "CSBS.1001"},
		{api.Conflict, "backup.busy", 400, "CSBS.2003"},
		{api.Conflict, "backup.being_replicated", 400, "CSBS.2003"},
		{api.Conflict, "policy.backing_up", 400, "CSBS.2004"},
		{api.Conflict, "somewhere.else", 400, "CSBS.2004"},
		{api.NotFound, "policy.not_found", 404, "CSBS.3000"},
		{api.NotFound, "backup.not_found", 404, "CSBS.3001"},
		{api.NotFound, "backup.checkpoint_not_found", 404, "CSBS.3001"},
		{api.Conflict, "replication.not_available", 400, "CSBS.4000"},
		{api.Invalid, "backup.resource_unknown", 400, "CSBS.6000"},
		{api.Invalid, "wire.resource_type", 400, "CSBS.6003"},
		{api.Conflict, "policy.resource_taken", 400, "CSBS.6004"},
		{api.Conflict, "backup.under_way_auto", 500, "CSBS.6030"},
		{api.Conflict, "replication.under_way", 400, "CSBS.6031"},
		{api.Invalid, "backup.nothing", 500, "CSBS.6032"},
		{api.NotFound, "replication.record_not_found", 404, "CSBS.6040"},
		{api.Invalid, "tag.key_twice", 400, "CSBS.7000"},
		{api.Invalid, "wire.provider", 400, "CSBS.9001"},
		{api.Invalid, "region.destination_required", 400, "CSBS.9001"},
		{api.Limit, "backup.too_many", 400, "CSBS.9006"},
		{api.Conflict, "policy.name_taken", 400, "CSBS.9007"},
		{api.Unavailable, "region.unreachable", 503, "CSBS.9999"},
		{api.Invalid, "replication.is_replica", 400, "BackupService.1002"},
		{api.Invalid, "region.destination_same", 400, "BackupService.1005"},
		{api.Invalid, "region.destination_unknown", 400, "BackupService.1005"},
		{api.Invalid, "replication.there", 400, "BackupService.1009"},
		{api.Invalid, "region.project_unknown", 400, "BackupService.1011"},
		{api.Forbidden, "wire.project_mismatch", 403, "APIGW.0302"},
	} {
		alone := api.Errorf(row.code, row.key)
		require.Equal(t, number{row.status, row.want}, csbsNumber(alone), row.key)
		inField := &api.Error{Code: row.code, Message: api.M("error.invalid"), Problems: []api.Problem{{Path: "name", Message: alone.Message}}}
		require.Equal(t, number{row.status, row.want}, csbsNumber(inField), row.key)
	}
}
