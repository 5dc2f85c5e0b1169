package apitest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func policyUpdated(t *testing.T, p Plane) {
	created := createPolicy(t, p, PolicyDraft("nightly", "a", "b"))
	d := created.Draft()
	d.Name, d.Description, d.Tags = "weekly", "", nil
	d.Resources = []api.ResourceDraft{{Path: "b"}, {Path: "c"}}
	d.Operations[0].Name = "renamed"
	d.Operations = append([]api.OperationDraft{{Name: "new", Pattern: weekly}}, d.Operations...)
	updated, err := p.Service.UpdatePolicy(t.Context(), p.Mine, created.ID, d, created.Version)
	require.NoError(t, err)
	require.Equal(t, "weekly", updated.Name)
	require.Empty(t, updated.Description)
	require.Empty(t, updated.Tags)
	require.Equal(t, created.Created, updated.Created)
	require.Equal(t, created.Version+1, updated.Version)
	require.Equal(t, created.Resources[1].ID, updated.Resources[0].ID, "the same path is the same resource")
	require.NotEqual(t, created.Resources[0].ID, updated.Resources[1].ID)
	require.Equal(t, "new", updated.Operations[0].Name)
	was, is := created.Operations[0], updated.Operations[1]
	was.Name = "renamed"
	require.Equal(t, was, is, "what is known stays what it was, with its trigger and when it began")
	require.Equal(t, updated, getPolicy(t, p, created.ID))

	d = updated.Draft()
	d.Operations = d.Operations[:1]
	d.Operations[0].ID = is.ID
	d.Operations[0].Pattern = weekly
	again, err := p.Service.UpdatePolicy(t.Context(), p.Mine, created.ID, d, 0)
	require.NoError(t, err)
	require.Len(t, again.Operations, 1)
	require.Equal(t, is.Trigger, again.Operations[0].Trigger)
	require.Equal(t, weekly, again.Operations[0].Pattern)
}

func policyChangedMeanwhile(t *testing.T, p Plane) {
	created := createPolicy(t, p, PolicyDraft("nightly"))
	_, err := p.Service.UpdatePolicy(t.Context(), p.Mine, created.ID, PolicyDraft("first"), created.Version)
	require.NoError(t, err)
	_, err = p.Service.UpdatePolicy(t.Context(), p.Mine, created.ID, PolicyDraft("second"), created.Version)
	requireCode(t, err, api.Conflict)
	require.Empty(t, paths(err))
	requireCode(t, p.Service.DeletePolicy(t.Context(), p.Mine, created.ID, created.Version), api.Conflict)
	require.Equal(t, "first", getPolicy(t, p, created.ID).Name)
}

func policyNext(t *testing.T, p Plane) {
	before := time.Now()
	created := createPolicy(t, p, PolicyDraft("nightly"))
	o := created.Operations[0]
	require.WithinRange(t, o.Start, before.Add(-time.Second), time.Now())
	require.True(t, o.Next.After(before))
	require.LessOrEqual(t, o.Next.Sub(before), 24*time.Hour)
	require.Equal(t, "02:30:00", o.Next.Format(time.TimeOnly))
	d := PolicyDraft("idle")
	d.Operations[0].Enabled = false
	require.Zero(t, createPolicy(t, p, d).Operations[0].Next)
}

func policyEnabled(t *testing.T, p Plane) {
	created := createPolicy(t, p, PolicyDraft("nightly"))
	enable := func(id string, enabled bool) error { return p.Service.EnablePolicy(t.Context(), p.Mine, id, enabled) }
	require.NoError(t, enable(created.ID, true))
	require.Equal(t, created, getPolicy(t, p, created.ID), "it is already")
	require.NoError(t, enable(created.ID, false))
	off := getPolicy(t, p, created.ID)
	require.False(t, off.Enabled())
	require.Zero(t, off.Operations[0].Next)
	require.Equal(t, created.Version+1, off.Version)
	require.NoError(t, enable(created.ID, true))
	require.Equal(t, created.Operations, getPolicy(t, p, created.ID).Operations)
	empty := createPolicy(t, p, api.PolicyDraft{Name: "empty"})
	requireCode(t, enable(empty.ID, true), api.Invalid)
	require.NoError(t, enable(empty.ID, false))
	requireCode(t, enable("nope", true), api.NotFound)
}

func policyDeleted(t *testing.T, p Plane) {
	created := createPolicy(t, p, PolicyDraft("nightly", "a"))
	require.NoError(t, p.Service.DeletePolicy(t.Context(), p.Mine, created.ID, created.Version))
	_, err := p.Service.Policy(t.Context(), p.Mine, created.ID)
	requireCode(t, err, api.NotFound)
	requireCode(t, p.Service.DeletePolicy(t.Context(), p.Mine, created.ID, 0), api.NotFound)
	createPolicy(t, p, PolicyDraft("nightly", "a"))
}

func foreignPolicy(t *testing.T, p Plane) {
	theirs, err := p.Service.CreatePolicy(t.Context(), p.Other, PolicyDraft("theirs", "a"))
	require.NoError(t, err)
	_, err = p.Service.Policy(t.Context(), p.Mine, theirs.ID)
	requireCode(t, err, api.NotFound)
	requireCode(t, p.Service.ValidatePolicy(t.Context(), p.Mine, theirs.ID, PolicyDraft("mine")), api.NotFound)
	_, err = p.Service.UpdatePolicy(t.Context(), p.Mine, theirs.ID, PolicyDraft("mine"), 0)
	requireCode(t, err, api.NotFound)
	requireCode(t, p.Service.EnablePolicy(t.Context(), p.Mine, theirs.ID, false), api.NotFound)
	requireCode(t, p.Service.DeletePolicy(t.Context(), p.Mine, theirs.ID, 0), api.NotFound)
	d := PolicyDraft("mine")
	d.Operations[0].ID = theirs.Operations[0].ID
	_, err = p.Service.CreatePolicy(t.Context(), p.Mine, d)
	require.Equal(t, []string{"operations.0.id policy.operation_unknown"}, paths(err))
	require.Empty(t, listPolicies(t, p, api.PolicyQuery{}).Items)
	require.Equal(t, theirs.Version, func() int64 {
		same, err := p.Service.Policy(t.Context(), p.Other, theirs.ID)
		require.NoError(t, err)
		return same.Version
	}())
}

func unstorablePolicy(t *testing.T, p Plane) {
	for _, text := range []string{"\x00", "\xff", "a\x00b"} {
		_, err := p.Service.Policy(t.Context(), p.Mine, text)
		requireCode(t, err, api.NotFound)
		requireCode(t, p.Service.DeletePolicy(t.Context(), p.Mine, text, 0), api.NotFound)
		require.Empty(t, listPolicies(t, p, api.PolicyQuery{Search: text}).Items)
		require.Empty(t, listPolicies(t, p, api.PolicyQuery{Name: text}).Items)
		_, err = p.Service.ListPolicies(t.Context(), p.Mine, api.PolicyQuery{After: text})
		requireCode(t, err, api.NotFound)
		d := api.PolicyDraft{
			Name: text, Description: text, Parameters: `{"a":"` + text + `"}`,
			Resources:  []api.ResourceDraft{{ID: text, Name: text, Path: text, Extra: `{"a":"` + text + `"}`}},
			Operations: []api.OperationDraft{{ID: text, Name: text, Description: text, Pattern: text, Zone: text}},
			Tags:       []api.Tag{{Key: text, Value: text}},
		}
		_, err = p.Service.CreatePolicy(t.Context(), p.Mine, d)
		requireCode(t, err, api.Invalid)
		require.Len(t, paths(err), 14, "%q", paths(err))
	}
}

func policyChanges(t *testing.T, p Plane) {
	created := createPolicy(t, p, PolicyDraft("nightly", "a"))
	_, err := p.Service.UpdatePolicy(t.Context(), p.Mine, created.ID, created.Draft(), 0)
	require.NoError(t, err)
	require.NoError(t, p.Service.EnablePolicy(t.Context(), p.Mine, created.ID, false))
	require.NoError(t, p.Service.EnablePolicy(t.Context(), p.Mine, created.ID, true))
	require.NoError(t, p.Service.DeletePolicy(t.Context(), p.Mine, created.ID, 0))
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindPolicy, created.ID, "", 10)
	require.NoError(t, err)
	var actions []string
	for _, c := range changes {
		actions = append(actions, c.Action)
		require.Equal(t, p.Mine.Actor.User, c.Actor.User)
		require.Equal(t, "nightly", c.ObjectName)
	}
	require.Equal(t, []string{"delete", "enable", "disable", "update", "create"}, actions)
	require.Contains(t, string(changes[1].Before), `"enabled":false`)
	require.Contains(t, string(changes[1].After), `"enabled":true`)
	require.Contains(t, string(changes[0].Before), `"path":"a"`)
}
