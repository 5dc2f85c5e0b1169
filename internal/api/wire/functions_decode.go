package wire

import (
	"encoding/base64"
	"math"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// functionBody is the body of a create (spec/aliases.md §8.1). Upstream is ours.
type functionBody struct {
	Name    *string `json:"func_name,omitempty"`
	Package *string `json:"package,omitempty"`
	functionConfigBody
	functionCodeBody
	dependsBody // in place of theirs

	Type     *string `json:"type,omitempty"`
	Upstream *string `json:"upstream,omitempty"`
}

func (b *functionBody) apply(d *api.FunctionDraft) error {
	set(&d.Name, b.Name)
	set(&d.Package, b.Package)
	set(&d.Config.Type, b.Type)
	set(&d.Upstream, b.Upstream)
	b.functionConfigBody.dependsBody = b.dependsBody
	if err := b.functionConfigBody.apply(d); err != nil {
		return err
	}
	return b.functionCodeBody.apply(d)
}

// functionConfigBody is the body of a change of the configuration. A key that is
// absent or null says nothing.
type functionConfigBody struct {
	Runtime           *string      `json:"runtime,omitempty"`
	Timeout           *int         `json:"timeout,omitempty"` // seconds
	Handler           *string      `json:"handler,omitempty"`
	MemoryMB          *int         `json:"memory_size,omitempty"`
	UserData          *string      `json:"user_data,omitempty"`
	EncryptedUserData *string      `json:"encrypted_user_data,omitempty"`
	XRole             *string      `json:"xrole,omitempty"`
	AppXRole          *string      `json:"app_xrole,omitempty"`
	Description       *string      `json:"description,omitempty"`
	EnterpriseProject *string      `json:"enterprise_project_id,omitempty"`
	Strategy          strategyBody `json:"strategy_config,omitzero"`
	keptBody
	dependsBody
}

// strategyBody says how much of a function runs at once.
type strategyBody struct {
	Concurrency *int `json:"concurrency,omitempty"`
	PerInstance *int `json:"concurrent_num,omitempty"`
}

func (b *functionConfigBody) apply(d *api.FunctionDraft) error {
	set(&d.Config.Description, b.Description)
	set(&d.Config.Runtime, b.Runtime)
	set(&d.Config.Handler, b.Handler)
	set(&d.Config.MemoryMB, b.MemoryMB)
	set(&d.Config.UserData, b.UserData)
	set(&d.Config.XRole, b.XRole)
	set(&d.Config.AppXRole, b.AppXRole)
	set(&d.Config.EnterpriseProject, b.EnterpriseProject)
	if b.Timeout != nil {
		// Longer than anything that is allowed, and no more than a Duration holds.
		d.Config.Timeout = time.Duration(max(min(*b.Timeout, math.MaxInt32), -1)) * time.Second
	}
	if b.EncryptedUserData != nil && *b.EncryptedUserData != "" {
		return wrong("encrypted_user_data", api.M("wire.encrypted_user_data"))
	}
	if b.Strategy.Concurrency != nil {
		d.Config.Concurrency = b.Strategy.Concurrency
	}
	if b.Strategy.PerInstance != nil {
		d.Config.PerInstance = b.Strategy.PerInstance
	}
	return keepKept(d, append(b.keptBody.fields(), b.dependsBody.fields()...))
}

// functionCodeBody is the body of a change of the code.
type functionCodeBody struct {
	CodeType *string  `json:"code_type,omitempty"`
	URL      *string  `json:"code_url,omitempty"`
	Filename *string  `json:"code_filename,omitempty"`
	Code     codeBody `json:"func_code,omitzero"`
	dependsBody
}

// codeBody is the code itself.
type codeBody struct {
	File string  `json:"file,omitempty"` // base64; empty leaves the code as it is
	Link *string `json:"link,omitempty"`
}

func (b *functionCodeBody) apply(d *api.FunctionDraft) error {
	set(&d.Code.Type, b.CodeType)
	set(&d.Code.URL, b.URL)
	set(&d.Code.Filename, b.Filename)
	set(&d.Code.Link, b.Code.Link)
	if err := keepKept(d, b.fields()); err != nil || b.Code.File == "" {
		return err
	}
	file, err := base64.StdEncoding.DecodeString(b.Code.File)
	if err != nil {
		return wrong("func_code", api.M("wire.code_base64"))
	}
	d.File = file
	return nil
}

// markerQuery is the part of a list that a request asks for: items from a place
// on.
type markerQuery struct{ marker, items int }

// readMarker reads marker and maxitems, which one client spells max_items.
func readMarker(c echo.Context) (q markerQuery, err error) {
	if q.marker, err = readNumber(c, "marker", 0, 0, math.MaxInt32); err != nil {
		return q, err
	}
	items := "maxitems"
	if !c.QueryParams().Has(items) {
		items = "max_items"
	}
	q.items, err = readNumber(c, items, api.MaxFunctionPage, 1, api.MaxFunctionPage)
	return q, err
}
