package apitest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// What not every Service does with functions and aliases.
const (
	// Forwards says that what a version answers comes from its upstream, and that the
	// Service sends invocations there itself.
	Forwards Ability = "forwards"
	// Empties says that code can be replaced by none.
	Empties Ability = "empties"
	// Sticks says that an alias can keep callers at their version.
	Sticks Ability = "sticks"
)

// FunctionDraft is a well-formed draft of a function.
func FunctionDraft(name string) api.FunctionDraft {
	return api.FunctionDraft{
		Name: name,
		Config: api.FunctionConfig{
			Description: "answers orders", Runtime: "Python3.9", Handler: "index.handler", Timeout: 30 * time.Second, MemoryMB: 256,
			UserData: `{"STAGE":"test"}`,
		},
		Code: api.FunctionCode{Type: "inline", Filename: "index.py"},
		File: []byte("def handler(event, context): return 'ok'"),
	}
}

// Functions says what the functions and versions of any Service are like. open
// returns an empty one.
func Functions(t *testing.T, open func(t *testing.T) Plane) {
	for name, test := range map[string]func(*testing.T, Plane){
		"a function is found by its id and by its name, and listed the same":        functionFound,
		"what is left out of a function has a default":                              functionDefaults,
		"all problems of a function are reported at once, each at its field":        functionProblems,
		"a function's name is taken once in a package of a project":                 functionNamesTaken,
		"of those who create a function at once one wins":                           functionRace,
		"an update changes latest alone, and keeps name, package and code":          functionUpdated,
		"who saves a function second is told":                                       functionChangedMeanwhile,
		"of those who patch a function at once nobody's change is lost":             functionPatched,
		"functions are sorted, searched, filtered and counted":                      functionLists,
		"pages of functions lead on and back through all of them, once each":        functionPages,
		"a function is deleted with all that belongs to it, and its name is free":   functionDeleted,
		"another project's function is not found, whatever is tried":                foreignFunction,
		"what no database can hold is refused or not found in functions, too":       unstorableFunction,
		"changes of functions and versions tell who did what":                       functionChanges,
		"a version is what the function was when it was published":                  versionPublished,
		"a version without a name is named by the second in which it was published": versionNamed,
		"all problems of a version are reported at once, each at its field":         versionProblems,
		"what has not changed is not published again":                               versionUnchanged,
		"what is published is the code that was named":                              versionDigest,
		"of those who publish at once one wins":                                     versionRace,
		"a function has at most 20 versions, whoever publishes at once":             versionLimit,
		"an upstream is set of any version, and is a change of latest":              upstreamSet,
		"a version and its function tell which aliases lead to it":                  versionPointers,
		"a version is deleted with the aliases whose main version it is":            versionDeleted,
		"a version that is an additional one is not deleted, nor is latest":         versionKept,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func createFunction(t *testing.T, p Plane, d api.FunctionDraft) api.Function {
	t.Helper()
	f, err := p.Service.CreateFunction(t.Context(), p.Mine, d)
	require.NoError(t, err)
	return f
}

func getFunction(t *testing.T, p Plane, id string) api.Function {
	t.Helper()
	f, err := p.Service.Function(t.Context(), p.Mine, id)
	require.NoError(t, err)
	return f
}

func listFunctions(t *testing.T, p Plane, q api.FunctionQuery) api.Page[api.Function] {
	t.Helper()
	page, err := p.Service.ListFunctions(t.Context(), p.Mine, q)
	require.NoError(t, err)
	return page
}

func functionNamesOf(page api.Page[api.Function]) []string {
	found := make([]string, len(page.Items))
	for i, f := range page.Items {
		found[i] = f.Name
	}
	return found
}

func functionFound(t *testing.T, p Plane) {
	d := FunctionDraft("hello")
	d.Package = "tools"
	if d.Upstream = "https://app.example.com/run"; !p.has(Forwards) {
		refuseUpstream(t, p, d)
		d.Upstream = ""
	}
	created := createFunction(t, p, d)
	require.Equal(t, d.Package, created.Package)
	require.Equal(t, d.Name, created.Name)
	require.EqualValues(t, 1, created.Version)
	require.Equal(t, 1, created.Versions, "latest")
	require.Zero(t, created.Aliases)
	require.Equal(t, p.Mine.Actor.User, created.Created.By)
	require.Equal(t, created.Created, created.Updated)
	require.Equal(t, api.LatestVersion, created.Latest.Name)
	require.Equal(t, d.Upstream, created.Latest.Upstream)
	require.Equal(t, int64(len(d.File)), created.Latest.Code.Size)
	require.Equal(t, "729205e8224d0c10174d67b5596be09dbee9d770c6b82390e497c514511764d0"+
		"dcb325228625e658832a2337d5219b1b86efc125225c5a964f50eebd48b49b6c", created.Latest.Code.Digest)
	d.Config.Type = "v2"
	require.Equal(t, d.Config, created.Latest.Config)

	require.Equal(t, created, getFunction(t, p, created.ID))
	named, err := p.Service.FindFunction(t.Context(), p.Mine, "tools", "hello")
	require.NoError(t, err)
	require.Equal(t, created, named)
	require.Equal(t, []api.Function{created}, listFunctions(t, p, api.FunctionQuery{}).Items)
	versions, err := p.Service.Versions(t.Context(), p.Mine, created.ID)
	require.NoError(t, err)
	require.Equal(t, []api.Version{created.Latest}, versions)
	_, err = p.Service.FindFunction(t.Context(), p.Mine, "tools", "Hello")
	requireCode(t, err, api.NotFound)
	_, err = p.Service.FindFunction(t.Context(), p.Mine, "", "hello")
	requireCode(t, err, api.NotFound)
}

// refuseUpstream requires that a function cannot be created so only because of its
// upstream.
func refuseUpstream(t *testing.T, p Plane, d api.FunctionDraft) {
	t.Helper()
	_, err := p.Service.CreateFunction(t.Context(), p.Mine, d)
	requireCode(t, err, api.Invalid)
	require.Equal(t, []string{"upstream function.upstream_there"}, paths(err))
	require.Equal(t, paths(err), paths(p.Service.ValidateFunction(t.Context(), p.Mine, "", d)))
}

func functionDefaults(t *testing.T, p Plane) {
	f := createFunction(t, p, api.FunctionDraft{
		Name: "web", Config: api.FunctionConfig{Runtime: api.RuntimeImage, Timeout: 3 * time.Second, MemoryMB: 128},
	})
	require.Equal(t, api.DefaultPackage, f.Package)
	require.Equal(t, "-", f.Latest.Config.Handler)
	require.Equal(t, "v2", f.Latest.Config.Type)
	require.Equal(t, api.CodeImage, f.Latest.Code.Type)
	require.Zero(t, f.Latest.Code.Size)
	require.Len(t, f.Latest.Code.Digest, 128)
	named, err := p.Service.FindFunction(t.Context(), p.Mine, "", "web")
	require.NoError(t, err)
	require.Equal(t, f, named)
}

func functionProblems(t *testing.T, p Plane) {
	createFunction(t, p, FunctionDraft("hello"))
	d := api.FunctionDraft{
		Name: "9lives", Package: "a:b",
		Config: api.FunctionConfig{
			Description: strings.Repeat("x", 513), Runtime: "Fortran", Handler: "main", Timeout: 2 * time.Second, MemoryMB: 100,
			UserData: "[]", Type: "v3", XRole: strings.Repeat("x", 1<<20),
		},
		Code: api.FunctionCode{Type: "tar"}, Upstream: "ftp://files",
	}
	want := []string{
		"func_name function.name_form", "package function.package_form", "description function.description_too_long",
		"runtime function.runtime_unknown", "handler function.handler_dot", "timeout function.timeout_range",
		"memory_size function.memory_unknown", "user_data function.user_data_form", "xrole function.xrole_form",
		"type function.type_unknown", "code_type function.code_type_unknown", "upstream function.upstream_scheme",
	}
	_, err := p.Service.CreateFunction(t.Context(), p.Mine, d)
	requireCode(t, err, api.Invalid)
	require.Equal(t, want, paths(err))
	require.Equal(t, want, paths(p.Service.ValidateFunction(t.Context(), p.Mine, "", d)))

	d.Name, d.Package = "hello", ""
	err = p.Service.ValidateFunction(t.Context(), p.Mine, "", d)
	requireCode(t, err, api.Conflict)
	require.Equal(t, append([]string{"func_name function.name_taken"}, want[2:]...), paths(err))
	require.NoError(t, p.Service.ValidateFunction(t.Context(), p.Mine, "", FunctionDraft("free")))
	require.Len(t, listFunctions(t, p, api.FunctionQuery{}).Items, 1)
}

func functionNamesTaken(t *testing.T, p Plane) {
	first := createFunction(t, p, FunctionDraft("hello"))
	_, err := p.Service.CreateFunction(t.Context(), p.Mine, FunctionDraft("hello"))
	requireCode(t, err, api.Conflict)
	require.Equal(t, []string{"func_name function.name_taken"}, paths(err))
	createFunction(t, p, FunctionDraft("Hello"))
	elsewhere := FunctionDraft("hello")
	elsewhere.Package = "tools"
	createFunction(t, p, elsewhere)
	_, err = p.Service.CreateFunction(t.Context(), p.Other, FunctionDraft("hello"))
	require.NoError(t, err)
	require.NoError(t, p.Service.ValidateFunction(t.Context(), p.Mine, first.ID, FunctionDraft("hello")), "it is its own")
}

// atOnce does something several times at once, and counts how often it worked;
// else it has to fail with the code.
func atOnce(t *testing.T, times int, code api.Code, do func(i int) error) (worked int) {
	t.Helper()
	var all sync.WaitGroup
	errs := make([]error, times)
	for i := range times {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	for _, err := range errs {
		if err == nil {
			worked++
			continue
		}
		requireCode(t, err, code)
	}
	return worked
}

func functionRace(t *testing.T, p Plane) {
	worked := atOnce(t, 8, api.Conflict, func(int) error {
		_, err := p.Service.CreateFunction(t.Context(), p.Mine, FunctionDraft("hello"))
		return err
	})
	require.Equal(t, 1, worked)
	f := listFunctions(t, p, api.FunctionQuery{}).Items
	require.Len(t, f, 1)
	require.Equal(t, []string{"create"}, actions(t, p, api.KindFunction, f[0].ID))
}

func functionUpdated(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	v1 := publish(t, p, f.ID, "v1")
	d := FunctionDraft("other")
	d.Package, d.File, d.Config.MemoryMB, d.Upstream = "tools", nil, 512, "http://app:8080"
	if !p.has(Forwards) {
		_, err := p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, f.Version)
		require.Equal(t, []string{"upstream function.upstream_there"}, paths(err))
		d.Upstream = ""
	}
	updated, err := p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, f.Version)
	require.NoError(t, err)
	require.Equal(t, "hello", updated.Name)
	require.Equal(t, api.DefaultPackage, updated.Package)
	require.Equal(t, f.Latest.Code, updated.Latest.Code)
	require.Equal(t, 512, updated.Latest.Config.MemoryMB)
	require.Equal(t, d.Upstream, updated.Latest.Upstream)
	require.Equal(t, updated.Updated, updated.Latest.Updated)
	require.Equal(t, f.Created, updated.Created)
	require.Greater(t, updated.Version, f.Version)
	require.Equal(t, updated, getFunction(t, p, f.ID))
	require.Equal(t, v1, getVersion(t, p, f.ID, "v1"), "what was published stays")

	d.File = []byte{}
	updated, err = p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, 0)
	require.NoError(t, err)
	if p.has(Empties) {
		require.Zero(t, updated.Latest.Code.Size, "a file that is empty is one")
	} else {
		require.Equal(t, f.Latest.Code, updated.Latest.Code, "an empty file says nothing")
	}

	d.Config.Timeout = 0
	_, err = p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, 0)
	require.Equal(t, []string{"timeout function.timeout_range"}, paths(err))
	require.Equal(t, []string{"timeout function.timeout_range"}, paths(p.Service.ValidateFunction(t.Context(), p.Mine, f.ID, d)))
	require.Equal(t, updated, getFunction(t, p, f.ID))
}

func functionChangedMeanwhile(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	worked := atOnce(t, 8, api.Conflict, func(i int) error {
		d := FunctionDraft("hello")
		d.Config.Description = fmt.Sprint(i)
		_, err := p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, f.Version)
		return err
	})
	require.Equal(t, 1, worked)
	stored := getFunction(t, p, f.ID)
	require.EqualValues(t, 2, stored.Version)
	requireCode(t, p.Service.DeleteFunction(t.Context(), p.Mine, f.ID, f.Version, api.Confirmation{}), api.Conflict)
	publish(t, p, f.ID, "v1")
	require.Equal(t, stored.Version, getFunction(t, p, f.ID).Version, "an edit form that is open meanwhile is not disturbed")
	require.NoError(t, p.Service.DeleteFunction(t.Context(), p.Mine, f.ID, stored.Version, api.Confirmation{}))
}

func functionPatched(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	kept := [][2]string{
		{"custom_image", `{"image":"hello"}`}, {"initializer_handler", `"index.init"`}, {"initializer_timeout", "9"}, {"pre_stop_handler", `"index.stop"`},
		{"pre_stop_timeout", "9"}, {"mount_config", `{"mount_user":{}}`}, {"dependencies", `["a"]`}, {"depend_version_list", `["b"]`},
	}
	require.Equal(t, len(kept), atOnce(t, len(kept), api.Conflict, func(i int) error {
		_, err := p.Service.PatchFunction(t.Context(), p.Mine, f.ID, func(d *api.FunctionDraft) error {
			if d.Config.Kept == nil {
				d.Config.Kept = map[string]string{}
			}
			d.Config.Kept[kept[i][0]] = kept[i][1]
			return nil
		})
		return err
	}))
	stored := getFunction(t, p, f.ID)
	require.Len(t, stored.Latest.Config.Kept, len(kept))
	require.Equal(t, f.Latest.Code, stored.Latest.Code)

	refused := errors.New("refused")
	_, err := p.Service.PatchFunction(t.Context(), p.Mine, f.ID, func(*api.FunctionDraft) error { return refused })
	require.ErrorIs(t, err, refused)
	_, err = p.Service.PatchFunction(t.Context(), p.Mine, f.ID, func(d *api.FunctionDraft) error {
		d.Config.MemoryMB, d.Config.Kept["func_vpc"] = 1, strings.Repeat("x", api.MaxKept)
		return nil
	})
	require.Equal(t, []string{"memory_size function.memory_unknown", "func_vpc function.kept_too_big"}, paths(err))
	require.Equal(t, stored, getFunction(t, p, f.ID))
}

func functionDeleted(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	publish(t, p, f.ID, "v1")
	release(t, p, f.ID, "v2")
	gray := pointAlias(t, p, f.ID, "gray", "v1", api.WeightDraft{Version: "v2", Weight: "20"})
	_, err := p.Service.StartRamp(t.Context(), p.Mine, gray.ID, api.RampDraft{Additional: "v2", Steps: []api.RampStepDraft{{Percent: "50"}}}, 0)
	require.NoError(t, err)
	require.NoError(t, p.Service.DeleteFunction(t.Context(), p.Mine, f.ID, 0, api.Confirmation{}))

	_, err = p.Service.Function(t.Context(), p.Mine, f.ID)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.Versions(t.Context(), p.Mine, f.ID)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.Alias(t.Context(), p.Mine, gray.ID)
	requireCode(t, err, api.NotFound)
	requireCode(t, p.Service.DeleteFunction(t.Context(), p.Mine, f.ID, 0, api.Confirmation{}), api.NotFound)
	require.Equal(t, "delete", actions(t, p, api.KindAlias, gray.ID)[0])
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindFunction, f.ID, "", 1)
	require.NoError(t, err)
	require.Equal(t, "delete", changes[0].Action)
	require.Contains(t, string(changes[0].Before), `"versions":["v2","v1"]`, "what ended with it is said")

	again := createFunction(t, p, FunctionDraft("hello"))
	require.Equal(t, 1, again.Versions)
	require.Equal(t, again, getFunction(t, p, again.ID))
}

func functionChanges(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	publish(t, p, f.ID, "v1")
	d := FunctionDraft("hello")
	d.Config.MemoryMB, d.Config.Timeout = 4096, 90*time.Second
	_, err := p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, 0)
	require.NoError(t, err)
	require.NoError(t, p.Service.DeleteVersion(t.Context(), p.Mine, f.ID, "v1", api.Confirmation{}))
	require.NoError(t, p.Service.DeleteFunction(t.Context(), p.Mine, f.ID, 0, api.Confirmation{}))
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindFunction, f.ID, "", 10)
	require.NoError(t, err)
	require.Equal(t, []string{"delete", "unpublish", "update", "publish", "create"}, actions(t, p, api.KindFunction, f.ID))
	for i, c := range changes {
		require.Equal(t, "hello", c.ObjectName)
		require.Equal(t, p.Mine.Actor, c.Actor)
		require.Equal(t, i < 3, c.Before != nil)
		require.Equal(t, i > 1, c.After != nil)
	}
	require.Contains(t, string(changes[2].Before), `"memory_size":256`)
	require.Contains(t, string(changes[2].After), `"memory_size":4096`)
	require.Contains(t, string(changes[2].After), `"timeout":90`, "seconds")
	require.Contains(t, string(changes[1].Before), `"version":"v1"`)
}
