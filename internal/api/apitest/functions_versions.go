package apitest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func publish(t *testing.T, p Plane, function, name string) api.Version {
	t.Helper()
	v, err := p.Service.PublishVersion(t.Context(), p.Mine, function, api.VersionDraft{Name: name})
	require.NoError(t, err)
	return v
}

// release changes the code of a function and publishes it.
func release(t *testing.T, p Plane, function, name string) api.Version {
	t.Helper()
	d := FunctionDraft("")
	d.File = []byte(name)
	_, err := p.Service.UpdateFunction(t.Context(), p.Mine, function, d, 0)
	require.NoError(t, err)
	return publish(t, p, function, name)
}

func getVersion(t *testing.T, p Plane, function, name string) api.Version {
	t.Helper()
	v, err := p.Service.Version(t.Context(), p.Mine, function, name)
	require.NoError(t, err)
	return v
}

func versionNamesOf(t *testing.T, p Plane, function string) []string {
	t.Helper()
	versions, err := p.Service.Versions(t.Context(), p.Mine, function)
	require.NoError(t, err)
	names := make([]string, len(versions))
	for i, v := range versions {
		names[i] = v.Name
	}
	return names
}

// pointAlias makes an alias of a function.
func pointAlias(t *testing.T, p Plane, function, name, main string, weights ...api.WeightDraft) api.Alias {
	t.Helper()
	a, err := p.Service.CreateAlias(t.Context(), p.Mine, function, api.AliasDraft{Name: name, Version: main, Weights: weights})
	require.NoError(t, err)
	return a
}

func versionPublished(t *testing.T, p Plane) {
	d := FunctionDraft("hello")
	if p.has(Forwards) {
		d.Upstream = "https://app.example.com/run"
	}
	f := createFunction(t, p, d)
	v1, err := p.Service.PublishVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{Name: "v1.0", Description: "the first\none"})
	require.NoError(t, err)
	require.Equal(t, "v1.0", v1.Name)
	require.Equal(t, "the first\none", v1.Description)
	require.Equal(t, f.Latest.Config, v1.Config)
	require.Equal(t, f.Latest.Code, v1.Code)
	require.Equal(t, d.Upstream, v1.Upstream)
	require.Equal(t, p.Mine.Actor.User, v1.Created.By)
	require.Equal(t, v1, getVersion(t, p, f.ID, "v1.0"))

	v2 := release(t, p, f.ID, "v2")
	require.NotEqual(t, v1.Code.Digest, v2.Code.Digest)
	versions, err := p.Service.Versions(t.Context(), p.Mine, f.ID)
	require.NoError(t, err)
	require.Equal(t, []api.Version{getVersion(t, p, f.ID, api.LatestVersion), v2, v1}, versions, "latest, then the newest first")
	require.Equal(t, 3, getFunction(t, p, f.ID).Versions)
	require.Equal(t, 3, listFunctions(t, p, api.FunctionQuery{}).Items[0].Versions)
}

func versionNamed(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	before := time.Now().UTC().Truncate(time.Second)
	seen := map[string]bool{}
	for i := range 4 { // some of them in the same second
		d := FunctionDraft("")
		d.Config.Description = fmt.Sprint(i)
		_, err := p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, 0)
		require.NoError(t, err)
		v, err := p.Service.PublishVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{})
		require.NoError(t, err)
		require.Regexp(t, `^v\d{8}-\d{6}(-[2-4])?$`, v.Name)
		at, err := time.Parse("v20060102-150405", v.Name[:len("v20060102-150405")])
		require.NoError(t, err)
		require.WithinRange(t, at, before, time.Now().UTC())
		require.False(t, seen[v.Name])
		seen[v.Name] = true
	}
}

func versionProblems(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	release(t, p, f.ID, "v1")
	for name, key := range map[string]string{
		"latest": "version.name_latest", "-v1": "version.name_form", "v1.": "version.name_form", "v 1": "version.name_form",
		"v1:2": "version.name_form", "!v1": "version.name_form", strings.Repeat("v", 43): "version.name_too_long",
	} {
		d := api.VersionDraft{Name: name, Description: strings.Repeat("x", 513), Digest: "00"}
		want := []string{"version " + key, "description function.description_too_long", "digest version.digest", " version.unchanged"}
		err := p.Service.ValidateVersion(t.Context(), p.Mine, f.ID, d)
		requireCode(t, err, api.Invalid)
		require.Equal(t, want, paths(err), name)
		_, err = p.Service.PublishVersion(t.Context(), p.Mine, f.ID, d)
		require.Equal(t, want, paths(err), name)
	}
	err := p.Service.ValidateVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{Name: "v1"})
	requireCode(t, err, api.Conflict)
	require.Equal(t, []string{"version version.taken", " version.unchanged"}, paths(err))
	release(t, p, f.ID, strings.Repeat("v", 42))
	release(t, p, f.ID, "1")
	release(t, p, f.ID, "V1")
	require.Len(t, versionNamesOf(t, p, f.ID), 5)
}

func versionUnchanged(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	refused := func() {
		t.Helper()
		_, err := p.Service.PublishVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{})
		requireCode(t, err, api.Invalid)
		require.Equal(t, []string{" version.unchanged"}, paths(err))
	}
	update := func(change func(d *api.FunctionDraft)) {
		t.Helper()
		d := FunctionDraft("")
		change(&d)
		_, err := p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, 0)
		require.NoError(t, err)
	}
	published := func(name string) {
		t.Helper()
		_, err := p.Service.PublishVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{Name: name})
		require.NoError(t, err)
		refused()
	}
	published("v1")
	update(func(*api.FunctionDraft) {})
	refused()
	update(func(d *api.FunctionDraft) { d.Config.Timeout = time.Minute })
	published("v2")
	update(func(*api.FunctionDraft) {})
	published("v3")
	update(func(d *api.FunctionDraft) { d.File = []byte("other code") })
	published("v4")
	require.NoError(t, p.Service.DeleteVersion(t.Context(), p.Mine, f.ID, "v4", api.Confirmation{}))
	published("v5")
	if !p.has(Forwards) {
		return
	}

	aim := func(version, upstream string) {
		t.Helper()
		_, err := p.Service.SetUpstream(t.Context(), p.Mine, f.ID, version, upstream)
		require.NoError(t, err)
	}
	aim("v5", "http://blue")
	refused() // v5 was published without an upstream, as the latest has none
	aim(api.LatestVersion, "http://blue")
	published("v6")
	aim("v6", "")
	refused()
}

func versionDigest(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	seen := f.Latest.Code.Digest
	release(t, p, f.ID, "v1")
	d := FunctionDraft("")
	d.Config.MemoryMB = 512
	_, err := p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, 0)
	require.NoError(t, err)
	for _, digest := range []string{"", seen, strings.ToUpper(seen)} {
		require.NoError(t, p.Service.ValidateVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{Digest: digest}))
	}
	d.File = []byte("somebody else's")
	_, err = p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, 0)
	require.NoError(t, err)
	_, err = p.Service.PublishVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{Digest: seen})
	require.Equal(t, []string{"digest version.digest"}, paths(err))
}

func versionRace(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	same := atOnce(t, 6, api.Conflict, func(int) error {
		_, err := p.Service.PublishVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{Name: "v1"})
		return err
	})
	require.Equal(t, 1, same)
	d := FunctionDraft("")
	d.Config.MemoryMB = 512
	_, err := p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, 0)
	require.NoError(t, err)
	unchanged := atOnce(t, 6, api.Invalid, func(int) error {
		_, err := p.Service.PublishVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{})
		return err
	})
	require.Equal(t, 1, unchanged, "for the others nothing has changed since then")
	require.Len(t, versionNamesOf(t, p, f.ID), 3)
	require.Equal(t, []string{"publish", "update", "publish", "create"}, actions(t, p, api.KindFunction, f.ID))
}

func versionLimit(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	for i := range api.MaxVersions - 4 {
		release(t, p, f.ID, fmt.Sprintf("v%d", i))
	}
	worked := 0
	for range 5 { // each round, whoever comes first finds a change; room is for three
		d := FunctionDraft("")
		d.File = []byte(strings.Repeat("x", worked))
		d.Config.MemoryMB = 4096
		_, err := p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, 0)
		require.NoError(t, err)
		code := api.Invalid
		if worked == 3 {
			code = api.Limit
		}
		worked += atOnce(t, 4, code, func(int) error {
			_, err := p.Service.PublishVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{})
			return err
		})
	}
	require.Equal(t, 3, worked)
	require.Len(t, versionNamesOf(t, p, f.ID), api.MaxVersions)
	require.NoError(t, p.Service.DeleteVersion(t.Context(), p.Mine, f.ID, "v0", api.Confirmation{}))
	release(t, p, f.ID, "room")
}

func upstreamSet(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	v1 := release(t, p, f.ID, "v1")
	stored := getFunction(t, p, f.ID)
	if !p.has(Forwards) {
		upstreamKept(t, p, stored)
		return
	}
	set, err := p.Service.SetUpstream(t.Context(), p.Mine, f.ID, "v1", "http://blue:8080/run?stage=test")
	require.NoError(t, err)
	require.Equal(t, "http://blue:8080/run?stage=test", set.Upstream)
	require.Equal(t, v1.Created, set.Created)
	require.Equal(t, set, getVersion(t, p, f.ID, "v1"))
	require.Equal(t, stored, getFunction(t, p, f.ID), "that is about one version")

	set, err = p.Service.SetUpstream(t.Context(), p.Mine, f.ID, api.LatestVersion, "https://green")
	require.NoError(t, err)
	changed := getFunction(t, p, f.ID)
	require.Equal(t, set, changed.Latest)
	require.Greater(t, changed.Version, stored.Version)
	require.Equal(t, set.Updated, changed.Updated)
	v2, err := p.Service.PublishVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{Name: "v2"})
	require.NoError(t, err)
	require.Equal(t, "https://green", v2.Upstream)

	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindFunction, f.ID, "", 10)
	require.NoError(t, err)
	require.Equal(t, []string{"publish", "upstream", "upstream"}, actions(t, p, api.KindFunction, f.ID)[:3])
	require.Contains(t, string(changes[2].After), "blue")
	require.NotContains(t, string(changes[2].Before), "blue")

	before := actions(t, p, api.KindFunction, f.ID)
	again, err := p.Service.SetUpstream(t.Context(), p.Mine, f.ID, api.LatestVersion, "https://green")
	require.NoError(t, err)
	require.Equal(t, set, again)
	require.Equal(t, before, actions(t, p, api.KindFunction, f.ID), "nothing was changed")
	_, err = p.Service.SetUpstream(t.Context(), p.Mine, f.ID, "v1", "")
	require.NoError(t, err)
	require.Empty(t, getVersion(t, p, f.ID, "v1").Upstream)
	_, err = p.Service.SetUpstream(t.Context(), p.Mine, f.ID, "v9", "https://green")
	requireCode(t, err, api.NotFound)
	_, err = p.Service.SetUpstream(t.Context(), p.Mine, f.ID, "v1", "//green")
	require.Equal(t, []string{"upstream function.upstream_scheme"}, paths(err))
}

// upstreamKept requires that no version of a function gets an upstream.
func upstreamKept(t *testing.T, p Plane, f api.Function) {
	t.Helper()
	for _, version := range []string{"v1", api.LatestVersion} {
		_, err := p.Service.SetUpstream(t.Context(), p.Mine, f.ID, version, "https://green")
		requireCode(t, err, api.Invalid)
		require.Equal(t, []string{"upstream function.upstream_there"}, paths(err))
		_, err = p.Service.SetUpstream(t.Context(), p.Mine, f.ID, version, "")
		require.NoError(t, err, "it has none")
	}
	require.Equal(t, f, getFunction(t, p, f.ID))
}

func versionPointers(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	bare := createFunction(t, p, FunctionDraft("bare"))
	release(t, p, f.ID, "v1")
	release(t, p, f.ID, "v2")
	head := pointAlias(t, p, f.ID, "head", api.LatestVersion, api.WeightDraft{Version: "v1", Weight: "5"})
	prod := pointAlias(t, p, f.ID, "prod", "v1", api.WeightDraft{Version: "v2", Weight: "0"})
	beta := pointAlias(t, p, f.ID, "beta", "v2", api.WeightDraft{Version: "v1", Weight: "100"})
	used := func(aliases ...api.Alias) (names []api.Used) {
		for _, a := range aliases {
			names = append(names, api.Used{ID: a.ID, Name: a.Name})
		}
		return names
	}
	v1, v2 := getVersion(t, p, f.ID, "v1"), getVersion(t, p, f.ID, "v2")
	require.Equal(t, used(prod), v1.Main)
	require.Equal(t, used(beta, head), v1.Additional, "by name")
	require.Equal(t, used(beta), v2.Main)
	require.Equal(t, used(prod), v2.Additional)
	found := getFunction(t, p, f.ID)
	require.Equal(t, 3, found.Aliases)
	require.Equal(t, used(head), found.Latest.Main)
	versions, err := p.Service.Versions(t.Context(), p.Mine, f.ID)
	require.NoError(t, err)
	require.Equal(t, []api.Version{found.Latest, v2, v1}, versions)
	require.Equal(t, []api.Function{getFunction(t, p, bare.ID), found}, listFunctions(t, p, api.FunctionQuery{}).Items)
	require.Zero(t, getFunction(t, p, bare.ID).Aliases)
}

func versionDeleted(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	release(t, p, f.ID, "v1")
	release(t, p, f.ID, "v2")
	prod := pointAlias(t, p, f.ID, "prod", "v1", api.WeightDraft{Version: "v2", Weight: "50"})
	head := pointAlias(t, p, f.ID, "head", api.LatestVersion)
	require.NoError(t, p.Service.DeleteVersion(t.Context(), p.Mine, f.ID, "v1", api.Confirmation{}))
	require.Equal(t, []string{"latest", "v2"}, versionNamesOf(t, p, f.ID))
	_, err := p.Service.Version(t.Context(), p.Mine, f.ID, "v1")
	requireCode(t, err, api.NotFound)
	_, err = p.Service.Alias(t.Context(), p.Mine, prod.ID)
	requireCode(t, err, api.NotFound)
	require.Equal(t, []string{"delete", "create"}, actions(t, p, api.KindAlias, prod.ID))
	_, err = p.Service.Alias(t.Context(), p.Mine, head.ID)
	require.NoError(t, err)
	require.Equal(t, 1, getFunction(t, p, f.ID).Aliases)
	requireCode(t, p.Service.DeleteVersion(t.Context(), p.Mine, f.ID, "v1", api.Confirmation{}), api.NotFound)
	release(t, p, f.ID, "v1")
}

func versionKept(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	release(t, p, f.ID, "v1")
	release(t, p, f.ID, "v2")
	gray := pointAlias(t, p, f.ID, "gray", api.LatestVersion, api.WeightDraft{Version: "v2", Weight: "0"})
	pointAlias(t, p, f.ID, "beta", "v1", api.WeightDraft{Version: "v2", Weight: "10"})
	prod := pointAlias(t, p, f.ID, "prod", "v2")
	err := p.Service.DeleteVersion(t.Context(), p.Mine, f.ID, "v2", api.Confirmation{})
	requireCode(t, err, api.Conflict)
	require.Equal(t, api.M("version.additional", "aliases", "beta, gray"), err.(*api.Error).Message) //nolint:errorlint // services return it as it is
	_, err = p.Service.Alias(t.Context(), p.Mine, prod.ID)
	require.NoError(t, err, "all or nothing")
	err = p.Service.DeleteVersion(t.Context(), p.Mine, f.ID, api.LatestVersion, api.Confirmation{})
	requireCode(t, err, api.Conflict)
	require.ErrorContains(t, err, "version.latest_stays")
	_, err = p.Service.AbortAlias(t.Context(), p.Mine, gray.ID, 0)
	require.NoError(t, err)
	require.Equal(t, []string{"latest", "v2", "v1"}, versionNamesOf(t, p, f.ID))
}
