package api

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestADeedComesBackFromData(t *testing.T) {
	t.Parallel()
	enabled, at := "why", time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for _, d := range []Deed{
		CreateLink{Draft: LinkDraft{Name: "a", Inputs: map[string]string{"x": "1"}, Secrets: map[string]Secret{"p": NewSecret("canary"), "q": {}},
			Extended: &Extended{"n", "canary"}}, Depth: Shape},
		UpdateLink{LinkDraft{ID: "1", Version: 3}, Anyway},
		CreateFunction{Draft: FunctionDraft{Name: "f", File: []byte{0, 255, 'c'}}},
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

// What people read as the payload of a request says nothing of a time that is none.
func TestADeedLeavesOutTimesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, d := range []Deed{
		OpenToEveryone{Service: "s", Draft: EveryoneDraft{Confirm: "s"}},
		AddPermissions{Service: "s", Batch: PermissionBatch{Entries: []PermissionDraft{{Permission: Everyone}}}},
	} {
		coded, err := EncodeDeed(d)
		require.NoError(t, err)
		require.NotContains(t, string(coded.Call), "0001-01-01")
		require.NotContains(t, string(coded.Call), "Expires")
	}
	for _, d := range deeds {
		requireTimesOmitted(t, reflect.TypeOf(d), reflect.TypeOf(d).Name())
	}
}

// requireTimesOmitted looks at every time that a type can hold, unless it is behind a
// pointer, where a time that is none says "never".
func requireTimesOmitted(t *testing.T, of reflect.Type, path string) {
	t.Helper()
	switch of.Kind() {
	case reflect.Slice, reflect.Map:
		requireTimesOmitted(t, of.Elem(), path)
	case reflect.Struct:
		for field := range of.Fields() {
			tag := field.Tag.Get("json")
			if field.Type == reflect.TypeFor[time.Time]() {
				require.True(t, tag == "-" || strings.HasSuffix(tag, ",omitzero"), "%s.%s", path, field.Name)
				continue
			}
			if field.IsExported() && tag != "-" {
				requireTimesOmitted(t, field.Type, path+"."+field.Name)
			}
		}
	}
}

func TestDataThatIsNoDeedIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []CodedDeed{{Name: "DropTables", Call: []byte("{}")}, {Name: "DeleteLink", Call: []byte("[]")}, {}} {
		_, err := c.Decode()
		require.Error(t, err)
	}
}
