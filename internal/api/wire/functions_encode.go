package wire

import (
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// functionsJSON is a page of functions. Clients go on from Next until a page is
// empty, or Next is Count.
type functionsJSON struct {
	Functions []functionJSON `json:"functions"`
	Next      int            `json:"next_marker"`
	Count     int            `json:"count"`
}

// functionJSON is a version of a function (spec/aliases.md §8.1). Upstream is
// ours.
type functionJSON struct {
	ID                 string       `json:"func_id"`
	ResourceID         string       `json:"resource_id"`
	URN                string       `json:"func_urn"`
	Name               string       `json:"func_name"`
	Account            string       `json:"domain_id"`
	Project            string       `json:"namespace"`
	ProjectName        string       `json:"project_name"`
	Package            string       `json:"package"`
	Runtime            string       `json:"runtime"`
	Timeout            int          `json:"timeout"`
	Handler            string       `json:"handler"`
	MemoryMB           int          `json:"memory_size"`
	CPU                int          `json:"cpu"`
	CodeType           string       `json:"code_type"`
	CodeURL            string       `json:"code_url"`
	CodeFilename       string       `json:"code_filename"`
	CodeSize           int64        `json:"code_size"`
	UserData           string       `json:"user_data"`
	Digest             string       `json:"digest"`
	Version            string       `json:"version"`
	Image              string       `json:"image_name"`
	XRole              string       `json:"xrole"`
	AppXRole           string       `json:"app_xrole"`
	Description        string       `json:"description"`
	VersionDescription string       `json:"version_description"`
	Modified           string       `json:"last_modified"`
	Strategy           strategyJSON `json:"strategy_config"`
	Type               string       `json:"type"`
	EnterpriseProject  string       `json:"enterprise_project_id"`
	LongTime           bool         `json:"long_time"`
	Code               codeJSON     `json:"func_code,omitzero"`
	Upstream           string       `json:"upstream,omitempty"`
	keptBody
	dependsBody
}

// codeJSON is what is known of code that is not kept.
type codeJSON struct {
	Link string `json:"link"`
}

// strategyJSON is how many instances run at once.
type strategyJSON struct {
	Concurrency int `json:"concurrency"` // api.Unlimited, or 0 if it is disabled
	PerInstance int `json:"concurrent_num"`
}

// encodeFunction encodes a version of a function.
func (s *server) encodeFunction(c echo.Context, f *api.Function, v *api.Version) functionJSON {
	project, config, code := projectIn(c), &v.Config, &v.Code
	out := functionJSON{
		ID: f.ID, ResourceID: f.ID, URN: s.urn(c, f.Package, f.Name, v.Name), Name: f.Name,
		Account: project.Account.ID, Project: project.ID, ProjectName: project.Name, Package: f.Package,
		Runtime: config.Runtime, Timeout: int(config.Timeout / time.Second), Handler: config.Handler,
		MemoryMB: config.MemoryMB, CPU: config.MemoryMB*100/128 + 200,
		CodeType: code.Type, CodeURL: code.URL, CodeFilename: code.Filename, CodeSize: code.Size, Digest: code.Digest,
		UserData: config.UserData, Version: v.Name, Image: imageName(f, v), XRole: config.XRole, AppXRole: config.AppXRole,
		Description: config.Description, VersionDescription: v.Description, Modified: fgsTime(v.Updated.At),
		Strategy: strategyJSON{api.Unlimited, 1}, Type: config.Type, EnterpriseProject: config.EnterpriseProject,
		Code: codeJSON{code.Link}, Upstream: v.Upstream,
	}
	set(&out.Strategy.Concurrency, config.Concurrency)
	set(&out.Strategy.PerInstance, config.PerInstance)
	showKept(config.Kept, append(out.keptBody.fields(), out.dependsBody.fields()...))
	return out
}

// urn is the full URN of a function's version, or of an alias if the qualifier
// begins with "!".
func (s *server) urn(c echo.Context, pkg, name, qualifier string) string {
	return api.FunctionURN{Region: s.Region, Project: projectIn(c).ID, Package: pkg, Name: name, Qualifier: qualifier}.String()
}

// imageName names what a version runs from. Clients only show it.
func imageName(f *api.Function, v *api.Version) string {
	return v.Name + "-" + v.Updated.At.UTC().Format("060102150405") + "@" + f.ID[max(len(f.ID)-5, 0):]
}

// fgsTime is a moment as FunctionGraph writes it: in UTC, to the second.
func fgsTime(t time.Time) string { return t.UTC().Format(time.DateTime) }
