package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestADeedComesBackFromData(t *testing.T) {
	t.Parallel()
	enabled, at := "why", time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for _, d := range []Deed{
		CreateLink{LinkDraft{Name: "a", Inputs: map[string]string{"x": "1"}, Secrets: map[string]Secret{"p": NewSecret("canary"), "q": {}},
			Extended: &Extended{"n", "canary"}}, Shape},
		UpdateLink{LinkDraft{ID: "1", Version: 3}, Anyway},
		CreateFunction{FunctionDraft{Name: "f", File: []byte{0, 255, 'c'}}},
		UpdateFunction{"1", FunctionDraft{Name: "f"}, 2},
		ChangePermission{"s", "1", PermissionChange{&enabled, &at}},
		UpdateRegion{"r", RegionDraft{Name: "r", Secret: NewSecret("canary")}, 1},
		SetHook{HookDraft{URL: "https://example.com", Secret: NewSecret("canary")}},
		DeletePolicy{"1", 7},
	} {
		coded, err := EncodeDeed(d)
		require.NoError(t, err)
		require.NotContains(t, string(coded.Call), "canary")
		again, err := coded.Decode()
		require.NoError(t, err)
		require.Equal(t, d, again)
	}
}

func TestEveryDeedHasAName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, d := range deeds {
		coded, err := EncodeDeed(d)
		require.NoError(t, err)
		require.False(t, seen[coded.Name], coded.Name)
		seen[coded.Name] = true
		again, err := coded.Decode()
		require.NoError(t, err)
		require.Equal(t, d.About().Kind, again.About().Kind)
	}
}

func TestDataThatIsNoDeedIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []CodedDeed{{Name: "DropTables", Call: []byte("{}")}, {Name: "DeleteLink", Call: []byte("[]")}, {}} {
		_, err := c.Decode()
		require.Error(t, err)
	}
}
