package wire

import (
	"time"

	"switchboard/internal/api"
)

// FunctionIn reads the answer about a function, as its latest version is.
func FunctionIn(body []byte) (api.Function, error) {
	var answer functionJSON
	if err := readAnswer(body, &answer); err != nil {
		return api.Function{}, err
	}
	return readOne(&answer, (*functionJSON).function)
}

// FunctionsIn reads a part of the list of functions, and how many there are in all.
func FunctionsIn(body []byte) ([]api.Function, int, error) {
	var answer struct {
		Functions *[]functionJSON `json:"functions"`
		Count     int             `json:"count"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, 0, err
	}
	functions, err := readEach(answer.Functions, (*functionJSON).function)
	return functions, answer.Count, err
}

// VersionIn reads the answer about a version, or to its publication.
func VersionIn(body []byte) (api.Version, error) {
	var answer functionJSON
	if err := readAnswer(body, &answer); err != nil {
		return api.Version{}, err
	}
	return readOne(&answer, (*functionJSON).read)
}

// VersionsIn reads a part of the list of versions, and how many there are in all.
func VersionsIn(body []byte) ([]api.Version, int, error) {
	var answer struct {
		Versions *[]functionJSON `json:"versions"`
		Count    int             `json:"count"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, 0, err
	}
	versions, err := readEach(answer.Versions, (*functionJSON).read)
	return versions, answer.Count, err
}

func (a *functionJSON) function() (api.Function, error) {
	latest, err := a.read()
	if err != nil {
		return api.Function{}, err
	}
	latest.Name = api.LatestVersion
	return api.Function{ID: a.ID, Package: a.Package, Name: a.Name, Latest: latest, Updated: latest.Updated}, identified(a.Name, a.Package)
}

// read reads a version. By whom it was made, no answer tells.
func (a *functionJSON) read() (api.Version, error) {
	v := api.Version{
		Name: a.Version, Description: a.VersionDescription, Upstream: a.Upstream, Updated: stamp(a.Modified),
		Config: api.FunctionConfig{
			Description: a.Description, Runtime: a.Runtime, Handler: a.Handler, Timeout: time.Duration(a.Timeout) * time.Second,
			MemoryMB: a.MemoryMB, UserData: a.UserData, XRole: a.XRole, AppXRole: a.AppXRole, Type: a.Type, EnterpriseProject: a.EnterpriseProject,
		},
		Code: api.FunctionCode{
			Type: a.CodeType, URL: a.CodeURL, Filename: a.CodeFilename, Link: a.Code.Link, Size: a.CodeSize, Digest: a.Digest,
		},
	}
	if s := a.Strategy; s != (strategyJSON{}) { // which some lists leave out
		v.Config.Concurrency, v.Config.PerInstance = new(s.Concurrency), new(max(s.PerInstance, 1))
	}
	kept := api.FunctionDraft{Config: v.Config}.Complete() // what is usual is not said
	v.Config.Concurrency, v.Config.PerInstance = kept.Config.Concurrency, kept.Config.PerInstance
	fields := append(a.keptBody.fields(), a.dependsBody.fields()...)
	if err := keepKept(&kept, fields); err != nil {
		return v, err
	}
	v.Config.Kept = kept.Config.Kept
	return v, identified(a.Name, a.Version)
}

// answeredAlias is an alias in an answer. It has no id but its URN.
type answeredAlias struct {
	newAliasBody

	Modified string `json:"last_modified"`
	URN      string `json:"alias_urn"`
}

// AliasIn reads the answer about one alias.
func AliasIn(body []byte) (api.Alias, error) {
	var answer answeredAlias
	if err := readAnswer(body, &answer); err != nil {
		return api.Alias{}, err
	}
	return readOne(&answer, (*answeredAlias).alias)
}

// AliasesIn reads all aliases of a function.
func AliasesIn(body []byte) ([]api.Alias, error) {
	var answer *[]answeredAlias
	if err := readAnswer(body, &answer); err != nil {
		return nil, err
	}
	return readEach(answer, (*answeredAlias).alias)
}

func (a *answeredAlias) alias() (api.Alias, error) {
	if err := identified(a.Name, a.Version); err != nil {
		return api.Alias{}, err
	}
	// Additional versions that are there twice, or whatever else, are not judged here.
	draft, err := a.draft()
	if err != nil {
		return api.Alias{}, err
	}
	route, _ := draft.Route()
	alias := api.Alias{ID: a.URN, Name: a.Name, Route: route, Updated: stamp(a.Modified)}
	set(&alias.Description, a.Description)
	if urn, ok := api.ParseFunctionURN(a.URN); ok {
		alias.Function = api.AliasFunction{Package: urn.Package, Name: urn.Name}
	}
	return alias, nil
}
