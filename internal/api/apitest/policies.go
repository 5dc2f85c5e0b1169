package apitest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// daily and weekly are patterns as programs send them.
const (
	daily  = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=DAILY;BYHOUR=2;BYMINUTE=30\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	weekly = "FREQ=WEEKLY;BYDAY=MO;BYHOUR=4"
)

// PolicyDraft is a draft of a policy that protects some paths, and backs them up
// every day.
func PolicyDraft(name string, paths ...string) api.PolicyDraft {
	d := api.PolicyDraft{
		Name: name, Description: "what we cannot lose",
		Operations: []api.OperationDraft{{Name: "daily", Pattern: daily, Enabled: true, Max: "7", Days: "-1"}},
		Tags:       []api.Tag{{Key: "team", Value: "a"}},
	}
	for _, path := range paths {
		d.Resources = append(d.Resources, api.ResourceDraft{Path: path})
	}
	return d
}

// Policies says what the backup policies of any Service are like. open returns one
// with the regions of a fresh start.
func Policies(t *testing.T, open func(t *testing.T) Plane) {
	for name, test := range map[string]func(*testing.T, Plane){
		"a policy is found by its id, and listed the same":                         policyFound,
		"what is left out of a policy has a default":                               policyDefaults,
		"what a program wants to have kept is given back":                          policyKept,
		"all problems of a policy are reported at once, each at its input":         policyProblems,
		"a policy's name is taken once in a project":                               policyNamesTaken,
		"a resource belongs to one policy of its project":                          policyResourcesTaken,
		"resources of a policy do not lie in each other, nor among the console's":  policyResourcesApart,
		"of those who create a policy at once one wins":                            policyRace,
		"there are so many policies in a project, resources in a policy, and more": policyLimits,
		"an operation needs a destination that is there":                           policyDestinations,
		"an update keeps what it names: ids, triggers and next times":              policyUpdated,
		"who saves a policy second is told":                                        policyChangedMeanwhile,
		"a schedule tells when it is due next, if it runs":                         policyNext,
		"schedules are switched off and on":                                        policyEnabled,
		"policies are sorted, searched and filtered":                               policyLists,
		"pages of policies lead on and back through all of them, once each":        policyPages,
		"a policy is deleted, and its name and resources are free":                 policyDeleted,
		"another project's policy is not found, whatever is tried":                 foreignPolicy,
		"what no database can hold is refused or not found in policies, too":       unstorablePolicy,
		"changes of policies tell who did what":                                    policyChanges,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func createPolicy(t *testing.T, p Plane, d api.PolicyDraft) api.Policy {
	t.Helper()
	policy, err := p.Service.CreatePolicy(t.Context(), p.Mine, d)
	require.NoError(t, err)
	return policy
}

func getPolicy(t *testing.T, p Plane, id string) api.Policy {
	t.Helper()
	policy, err := p.Service.Policy(t.Context(), p.Mine, id)
	require.NoError(t, err)
	return policy
}

func listPolicies(t *testing.T, p Plane, q api.PolicyQuery) api.Page[api.Policy] {
	t.Helper()
	page, err := p.Service.ListPolicies(t.Context(), p.Mine, q)
	require.NoError(t, err)
	return page
}

func policyNamesOf(page api.Page[api.Policy]) []string {
	names := make([]string, len(page.Items))
	for i := range page.Items {
		names[i] = page.Items[i].Name
	}
	return names
}

func policyFound(t *testing.T, p Plane) {
	created := createPolicy(t, p, PolicyDraft("nightly", "databases/orders", "files"))
	require.Equal(t, "nightly", created.Name)
	require.Equal(t, "what we cannot lose", created.Description)
	require.Equal(t, []api.Tag{{Key: "team", Value: "a"}}, created.Tags)
	require.EqualValues(t, 1, created.Version)
	require.Equal(t, p.Mine.Actor.User, created.Created.By)
	require.Equal(t, created.Created, created.Updated)
	require.True(t, created.Enabled())
	require.Nil(t, created.Last)
	require.Len(t, created.Resources, 2)
	require.Equal(t, "files", created.Resources[1].Path)
	backup := created.Operation(api.OperationBackup)
	require.NotNil(t, backup)
	require.Equal(t, daily, backup.Pattern)
	require.Equal(t, api.Retention{Max: 7, Days: api.Unlimited}, backup.Retention)
	require.NotEmpty(t, backup.Trigger)
	require.NotEqual(t, backup.ID, backup.Trigger)

	require.Equal(t, created, getPolicy(t, p, created.ID))
	require.Equal(t, []api.Policy{created}, listPolicies(t, p, api.PolicyQuery{}).Items)
	_, err := p.Service.Policy(t.Context(), p.Mine, "nope")
	requireCode(t, err, api.NotFound)
}

func policyDefaults(t *testing.T, p Plane) {
	created := createPolicy(t, p, api.PolicyDraft{
		Name: "bare", Resources: []api.ResourceDraft{{Path: "/a/b/"}, {Name: "ecs-1"}}, Operations: []api.OperationDraft{{Pattern: weekly, Region: "x", Project: "y"}},
	})
	require.Equal(t, "{}", created.Parameters)
	require.False(t, created.Enabled())
	for i, want := range []api.Resource{{Name: "b", Path: "a/b"}, {Name: "ecs-1", Path: "ecs-1"}} {
		got := created.Resources[i]
		require.Equal(t, api.ResourceType, got.Type)
		require.Equal(t, want.Name, got.Name)
		require.Equal(t, want.Path, got.Path)
		require.Equal(t, "{}", got.Extra)
		require.Len(t, got.ID, 36)
	}
	o := created.Operations[0]
	require.Equal(t, api.OperationBackup, o.Type)
	require.Equal(t, api.Retention{Max: api.Unlimited, Days: api.Unlimited}, o.Retention)
	require.Zero(t, o.Destination)
	require.Empty(t, createPolicy(t, p, api.PolicyDraft{Name: "empty"}).Operations)
}

func policyKept(t *testing.T, p Plane) {
	const id = "1b0e5b6a-9a4e-4b2e-8c7b-0f0f0f0f0f0f"
	created := createPolicy(t, p, api.PolicyDraft{
		Name: "kept", Parameters: `{"common": {"x": [1]}}`,
		Resources: []api.ResourceDraft{{ID: id, Name: "server one", Path: "servers/1", Adopt: true, Extra: `{"a": "b"}`}},
		Operations: []api.OperationDraft{{
			Name: "all", Description: "of it", Pattern: weekly, Max: "0", Days: "99999", Permanent: true,
			Daily: "1", Weekly: "2", Monthly: "3", Yearly: "100", Zone: "UTC+08:00",
		}},
	})
	require.Equal(t, `{"common": {"x": [1]}}`, created.Parameters)
	require.Equal(t, api.Resource{
		ID: id, Type: api.ResourceType, Name: "server one", Path: "servers/1", Adopt: true, Extra: `{"a": "b"}`,
	}, created.Resources[0])
	require.Equal(t, weekly, created.Operations[0].Pattern)
	require.Equal(t, "of it", created.Operations[0].Description)
	require.Equal(t, api.Retention{
		Max: 0, Days: 99999, Permanent: true, Daily: 1, Weekly: 2, Monthly: 3, Yearly: 100, Zone: "UTC+08:00",
	}, created.Operations[0].Retention)
}

func policyProblems(t *testing.T, p Plane) {
	d := api.PolicyDraft{
		Name: "no name", Description: "a<b", Parameters: "[]",
		Resources: []api.ResourceDraft{{Type: "OS::Cinder::Volume", Path: "../x", Extra: "no"}, {}, {Path: "a", Name: "\n"}},
		Operations: []api.OperationDraft{
			{ID: "x", Type: "restore", Pattern: "hourly", Max: "-2", Days: "many", Daily: "101", Weekly: "-1"},
			{Type: api.OperationReplication, Pattern: daily, Yearly: "1"},
			{Pattern: daily, Zone: "UTC+8"}, {Pattern: daily, Zone: "UTC-13:00"}, {Name: "<", Pattern: daily},
		},
		Tags: []api.Tag{{Key: "a b"}},
	}
	want := []string{
		"name policy.name_form", "description vpcep.description_brackets",
		"resources.0.type policy.resource_type", "resources.0.path policy.path_form", "resources.0.extra policy.extra_form",
		"resources.1.path policy.path_required", "resources.2.name policy.resource_word_form",
		"operations.0.type policy.operation_type", "operations.0.pattern schedule.unreadable", "operations.0.max policy.keep_range",
		"operations.0.days policy.keep_range", "operations.0.daily policy.periods_range", "operations.0.weekly policy.periods_range",
		"operations.0.zone policy.zone_required", "operations.1.zone policy.zone_required", "operations.1.region region.destination_required",
		"operations.1.project region.project_required", "operations.2.zone policy.zone_form", "operations.3.zone policy.zone_form",
		"operations.4.name policy.operation_name_form", "parameters policy.extra_form", "tags.0.key tag.character",
		"operations.0.id policy.operation_unknown",
	}
	_, err := p.Service.CreatePolicy(t.Context(), p.Mine, d)
	requireCode(t, err, api.Invalid)
	require.Equal(t, want, paths(err))
	require.Equal(t, want, paths(p.Service.ValidatePolicy(t.Context(), p.Mine, "", d)))
	require.NoError(t, p.Service.ValidatePolicy(t.Context(), p.Mine, "", PolicyDraft("free", "a")))
	require.Empty(t, listPolicies(t, p, api.PolicyQuery{}).Items)
}

func policyNamesTaken(t *testing.T, p Plane) {
	first := createPolicy(t, p, PolicyDraft("nightly"))
	_, err := p.Service.CreatePolicy(t.Context(), p.Mine, PolicyDraft("nightly"))
	requireCode(t, err, api.Conflict)
	require.Equal(t, []string{"name policy.name_taken"}, paths(err))
	createPolicy(t, p, PolicyDraft("Nightly"))
	require.NoError(t, p.Service.ValidatePolicy(t.Context(), p.Mine, first.ID, PolicyDraft("nightly")), "it is its own")
	_, err = p.Service.UpdatePolicy(t.Context(), p.Mine, first.ID, PolicyDraft("Nightly"), 0)
	requireCode(t, err, api.Conflict)
	_, err = p.Service.CreatePolicy(t.Context(), p.Other, PolicyDraft("nightly"))
	require.NoError(t, err)
}

func policyResourcesTaken(t *testing.T, p Plane) {
	first := createPolicy(t, p, PolicyDraft("nightly", "a", "b"))
	_, err := p.Service.CreatePolicy(t.Context(), p.Mine, PolicyDraft("other", "c", "b", "a/below"))
	requireCode(t, err, api.Conflict)
	require.Equal(t, []string{"resources.1 policy.resource_taken"}, paths(err))
	d := PolicyDraft("other")
	d.Resources = []api.ResourceDraft{{ID: first.Resources[0].ID, Path: "elsewhere"}}
	err = p.Service.ValidatePolicy(t.Context(), p.Mine, "", d)
	requireCode(t, err, api.Conflict)
	require.Equal(t, []string{"resources.0 policy.resource_taken"}, paths(err))
	_, err = p.Service.CreatePolicy(t.Context(), p.Other, PolicyDraft("theirs", "a"))
	require.NoError(t, err, "that is about one project")
}

func policyResourcesApart(t *testing.T, p Plane) {
	err := p.Service.ValidatePolicy(t.Context(), p.Mine, "", PolicyDraft("nightly", "a/b", "a/b/c", "x", "/x/", "a", "ab", "y"))
	require.Equal(t, []string{"resources.1.path policy.path_within", "resources.3.path policy.path_twice", "resources.4.path policy.path_within"}, paths(err))
	for _, path := range []string{".switchboard", ".switchboard/backups", "/.switchboard/", ".SwitchBoard/x"} {
		require.Equal(t, []string{"resources.0.path policy.path_reserved"},
			paths(p.Service.ValidatePolicy(t.Context(), p.Mine, "", PolicyDraft("nightly", path))))
	}
	for _, path := range []string{"..", "a/../b", "a//b", "./a", `a\b`, "a\nb", strings.Repeat("a", 1025)} {
		require.Contains(t, paths(p.Service.ValidatePolicy(t.Context(), p.Mine, "", PolicyDraft("nightly", path))), "resources.0.path policy.path_form", path)
	}
	require.NoError(t, p.Service.ValidatePolicy(t.Context(), p.Mine, "", PolicyDraft("nightly", ".switchboards", "数据/订单 1")))
	d := PolicyDraft("nightly", "a", "b")
	d.Resources[0].ID, d.Resources[1].ID = "same", "same"
	require.Equal(t, []string{"resources.1.id policy.resource_twice"}, paths(p.Service.ValidatePolicy(t.Context(), p.Mine, "", d)))
}

func policyRace(t *testing.T, p Plane) {
	require.Equal(t, 1, atOnce(t, 6, api.Conflict, func(i int) error {
		_, err := p.Service.CreatePolicy(t.Context(), p.Mine, PolicyDraft("same", fmt.Sprint("path-", i)))
		return err
	}))
	require.Equal(t, 1, atOnce(t, 6, api.Conflict, func(i int) error {
		_, err := p.Service.CreatePolicy(t.Context(), p.Mine, PolicyDraft(fmt.Sprint("name-", i), "one"))
		return err
	}))
	require.Len(t, listPolicies(t, p, api.PolicyQuery{}).Items, 2)
}

func policyLimits(t *testing.T, p Plane) {
	for i := range api.MaxPolicies - 1 {
		createPolicy(t, p, api.PolicyDraft{Name: fmt.Sprint("p", i)})
	}
	require.Equal(t, 1, atOnce(t, 3, api.Limit, func(i int) error {
		_, err := p.Service.CreatePolicy(t.Context(), p.Mine, api.PolicyDraft{Name: fmt.Sprint("last", i)})
		return err
	}))
	d := api.PolicyDraft{Name: "many", Tags: make([]api.Tag, 11)}
	for i := range api.MaxResources + 1 {
		d.Resources = append(d.Resources, api.ResourceDraft{Path: fmt.Sprint("r", i)})
	}
	for range api.MaxOperations + 1 {
		d.Operations = append(d.Operations, api.OperationDraft{Pattern: daily})
	}
	for i := range d.Tags {
		d.Tags[i].Key = fmt.Sprint("t", i)
	}
	_, err := p.Service.CreatePolicy(t.Context(), p.Other, d)
	require.Equal(t, []string{"resources policy.resources_many", "operations policy.operations_many", "tags tag.too_many"}, paths(err))
	d.Resources, d.Operations, d.Tags = d.Resources[1:], d.Operations[1:], d.Tags[1:]
	_, err = p.Service.CreatePolicy(t.Context(), p.Other, d)
	require.NoError(t, err)
}

func policyDestinations(t *testing.T, p Plane) {
	home, away := getRegion(t, p, "local-1"), getRegion(t, p, "local-2")
	draft := func(region, project string) api.PolicyDraft {
		d := PolicyDraft("away", "a")
		d.Operations = append(d.Operations, api.OperationDraft{
			Type: api.OperationReplication, Pattern: weekly, Enabled: true, Region: region, Project: project, Accelerate: true,
		})
		return d
	}
	refused := map[string]api.PolicyDraft{
		"operations.1.region region.destination_same":    draft("local-1", home.Projects[0].ID),
		"operations.1.region region.destination_unknown": draft("mars-1", away.Projects[0].ID),
	}
	if p.has(Knows) {
		refused["operations.1.project region.project_unknown"] = draft("local-2", home.Projects[0].ID)
	}
	for want, d := range refused {
		_, err := p.Service.CreatePolicy(t.Context(), p.Mine, d)
		requireCode(t, err, api.Invalid)
		require.Equal(t, []string{want}, paths(err))
	}
	require.Equal(t, []string{"operations.1.project region.project_unknown"},
		paths(p.Service.ValidatePolicy(t.Context(), p.Mine, "", draft("local-2", "\x00"))))
	created := createPolicy(t, p, draft("local-2", away.Projects[0].ID))
	o := created.Operation(api.OperationReplication)
	require.Equal(t, api.Destination{Region: "local-2", Project: away.Projects[0].ID}, o.Destination)
	require.True(t, o.Accelerate)
}

func policyLists(t *testing.T, p Plane) {
	for _, d := range []api.PolicyDraft{
		PolicyDraft("beta", "data/orders"), PolicyDraft("Alpha", "data/Übung"), PolicyDraft("gamma_1", "files"),
	} {
		createPolicy(t, p, d)
	}
	for want, q := range map[string]api.PolicyQuery{
		"Alpha beta gamma_1": {},
		"gamma_1 beta Alpha": {Desc: true},
		"beta Alpha gamma_1": {Sort: "created"},
		"gamma_1 Alpha beta": {Sort: "updated", Desc: true},
		"Alpha":              {Search: "ÜBUNG"},
		"beta":               {Search: "ORDERS"},
		"gamma_1":            {Search: "a_1"},
		"":                   {Search: "betadata"},
		"beta ":              {Name: "beta"},
		" ":                  {Name: "bet"},
		"beta  ":             {Limit: 1, Offset: 1},
	} {
		require.Equal(t, strings.TrimSpace(want), strings.Join(policyNamesOf(listPolicies(t, p, q)), " "), "%+v", q)
	}
}

func policyPages(t *testing.T, p Plane) {
	var all []string
	for i := range 7 {
		all = append(all, createPolicy(t, p, PolicyDraft(fmt.Sprint("p", i))).Name)
	}
	for _, sort := range append([]string{""}, api.PolicySorts...) {
		for limit := range 4 {
			require.Equal(t, all, walkPages(t, limit+1, func(cursor string) (api.Page[api.Policy], error) {
				return p.Service.ListPolicies(t.Context(), p.Mine, api.PolicyQuery{Sort: sort, Cursor: cursor, Limit: limit + 1})
			}, func(policy *api.Policy) string { return policy.Name }))
		}
	}
	first := listPolicies(t, p, api.PolicyQuery{Limit: 3})
	require.Equal(t, all[3:], policyNamesOf(listPolicies(t, p, api.PolicyQuery{After: first.Items[2].ID})))
}
