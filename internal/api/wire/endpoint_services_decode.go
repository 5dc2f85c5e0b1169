package wire

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// endpointServiceBody is the body of create and modify. A key that is absent
// or null says nothing.
type endpointServiceBody struct {
	PortID      *string            `json:"port_id,omitempty"`
	VPCID       *string            `json:"vpc_id,omitempty"`
	VIPPortID   *string            `json:"vip_port_id,omitempty"`
	ServerType  *api.ServerType    `json:"server_type,omitempty"`
	Name        *string            `json:"service_name,omitempty"`
	Approval    *bool              `json:"approval_enabled,omitempty"`
	Type        *string            `json:"service_type,omitempty"`
	TCPProxy    *string            `json:"tcp_proxy,omitempty"`
	Description *string            `json:"description,omitempty"`
	Ports       *[]api.PortMapping `json:"ports,omitempty"`
	Tags        *[]api.Tag         `json:"tags,omitempty"`
}

// apply puts what the body says into the draft.
func (b *endpointServiceBody) apply(d *api.EndpointServiceDraft) {
	set(&d.PortID, b.PortID)
	set(&d.VPCID, b.VPCID)
	set(&d.VIPPortID, b.VIPPortID)
	set(&d.ServerType, b.ServerType)
	set(&d.ShortName, b.Name)
	set(&d.Approval, b.Approval)
	set(&d.Type, b.Type)
	set(&d.TCPProxy, b.TCPProxy)
	set(&d.Description, b.Description)
	set(&d.Ports, b.Ports)
	set(&d.Tags, b.Tags)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// redraft describes a stored service, to be changed.
func redraft(s *api.EndpointService, region string) api.EndpointServiceDraft {
	return api.EndpointServiceDraft{
		ID: s.ID, Version: s.Version, Region: region,
		ShortName: s.ShortName, VPCID: s.VPCID, PortID: s.PortID, VIPPortID: s.VIPPortID,
		ServerType: s.ServerType, Ports: s.Ports, Approval: s.Approval, Type: s.Type,
		TCPProxy: s.TCPProxy, Description: s.Description, Tags: s.Tags,
		Everyone: true, // the dialect has no way to ask
	}
}

// pageQuery is the part of a list that a request asks for. The dialect counts
// rows; its clients ask for more until a part is empty (spec/whitelist.md §1.1).
type pageQuery struct {
	limit, offset int
	sort          string // as package api calls it
	desc          bool
}

// vpcepPage is how many rows a list has where a request does not say.
const vpcepPage = 10

// sortKeys are the dialect's names for the order of a list; documents differ.
var sortKeys = map[string]string{"create_at": "created", "created_at": "created", "update_at": "updated"}

// readPage reads limit, offset, sort_key and sort_dir; most is the largest
// limit.
func readPage(c echo.Context, most int) (p pageQuery, err error) {
	if p.limit, err = readNumber(c, "limit", vpcepPage, 1, most); err != nil {
		return p, err
	}
	if p.offset, err = readNumber(c, "offset", 0, 0, math.MaxInt32); err != nil {
		return p, err
	}
	key, err := readChoice(c, "sort_key", "create_at", "created_at", "update_at")
	if err != nil {
		return p, err
	}
	dir, err := readChoice(c, "sort_dir", "desc", "asc")
	p.sort, p.desc = sortKeys[key], dir == "desc"
	return p, err
}

// readNumber reads a number of the query; other is what it is if it is not
// there.
func readNumber(c echo.Context, name string, other, least, most int) (int, error) {
	if !c.QueryParams().Has(name) {
		return other, nil
	}
	n, err := strconv.Atoi(c.QueryParam(name))
	if err != nil || n < least || n > most {
		return 0, wrong(name, api.M("wire.number", "min", least, "max", most))
	}
	return n, nil
}

// readChoice reads a word of the query that must be one of some; it is the
// first if it is not there.
func readChoice(c echo.Context, name string, words ...string) (string, error) {
	word := c.QueryParam(name)
	switch {
	case !c.QueryParams().Has(name):
		return words[0], nil
	case word == "" || !slices.Contains(words, word):
		return "", wrong(name, api.M("wire.choice", "choices", strings.TrimPrefix(strings.Join(words, ", "), ", ")))
	}
	return word, nil
}

// wrong refuses one field.
func wrong(path string, m api.Message) error {
	return api.Refuse([]api.Problem{{Path: path, Message: m}})
}

// The lengths of texts in a query (spec/whitelist.md §1.1, §1.6).
const (
	maxPermissionText = 1000
	maxNameText       = 128
)

// readText reads a text of the query that may have most characters.
func readText(c echo.Context, name string, most int) (string, error) {
	text := c.QueryParam(name)
	if utf8.RuneCountInString(text) > most {
		return "", wrong(name, api.M("wire.text_long", "max", most))
	}
	return text, nil
}

// endpointServiceStates are what lists of services can be narrowed to; first,
// all.
var endpointServiceStates = []string{
	"", string(api.EndpointServiceCreating), string(api.EndpointServiceAvailable),
	string(api.EndpointServiceFailed), string(api.EndpointServiceDeleting),
}
