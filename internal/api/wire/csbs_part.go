package wire

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// Lists of CSBS (spec/replication.md §1.5).
const (
	csbsPage = 1000 // where a request does not say
	maxSort  = 255  // characters
)

// partQuery is the part of a list of CSBS that a request asks for.
type partQuery struct {
	limit, offset int
	marker        string // id of the last one before
	sort          string // as package api calls it
	desc          bool
}

// readPart reads limit, offset, marker and sort; keys are the dialect's names for
// orders.
func readPart(c echo.Context, keys map[string]string) (p partQuery, err error) {
	if p.limit, err = readNumber(c, "limit", csbsPage, 1, math.MaxInt32); err != nil {
		return p, err
	}
	if p.offset, err = readNumber(c, "offset", 0, 0, math.MaxInt32); err != nil {
		return p, err
	}
	p.marker = c.QueryParam("marker")
	p.sort, p.desc, err = readSort(c, keys)
	return p, err
}

// readSort reads sort=key[:asc|:desc],…; the newest are first if it is not there.
// Those that are equal by the first key are in the order of their ids, or of their
// creation, whatever the other keys are.
func readSort(c echo.Context, keys map[string]string) (column string, desc bool, err error) {
	text, err := readText(c, "sort", maxSort)
	if err != nil || text == "" {
		return keys["created_at"], true, err
	}
	for i, part := range strings.Split(text, ",") {
		key, direction, directed := strings.Cut(part, ":")
		by, known := keys[key]
		if !known || directed && direction != "asc" && direction != "desc" {
			return "", false, wrong("sort", api.M("wire.sort", "keys", strings.Join(slices.Sorted(maps.Keys(keys)), ", ")))
		}
		if i == 0 {
			column, desc = by, direction != "asc"
		}
	}
	return column, desc, nil
}

// readFlags judges booleans of the query that change nothing here.
func readFlags(c echo.Context, names ...string) error {
	for _, name := range names {
		if _, err := readChoice(c, name, "false", "true", "False", "True"); err != nil {
			return err
		}
	}
	return nil
}

// part is an answer with a part of a list.
type part[T any] struct {
	partQuery

	name   string // of the list
	page   func(f from) (api.Page[T], error)
	encode func(item *T) (id string, body any)
	rest   string // what follows the list in the answer, from its comma on
}

// from is where a page of a part begins, and how long it may be.
type from struct {
	cursor, marker string
	offset, limit  int
}

// streamPart sends a part of a list. If it is not the last one, it has the link
// that clients of the OpenStack family follow (spec/clients.md).
func streamPart[T any](s *server, c echo.Context, p part[T]) error {
	left, last, more := p.limit, "", false
	return stream(s, c, list[T]{
		head: `{"` + p.name + `":[`,
		page: func(cursor string) (api.Page[T], error) {
			f := from{cursor: cursor, limit: min(left, api.MaxPage)}
			if cursor == "" {
				f.marker, f.offset = p.marker, p.offset
			}
			page, err := p.page(f)
			if left -= len(page.Items); left <= 0 {
				more, page.Next = page.Next != "", ""
			}
			return page, err
		},
		encode: func(item *T) any {
			id, body := p.encode(item)
			last = id
			return body
		},
		tail: func() string {
			tail := "]" + p.rest
			if more {
				tail += `,"` + p.name + `_links":` + nextLink(c, last)
			}
			return tail + "}"
		},
	})
}

// nextLink is the JSON of the links of a part that is not the last one.
func nextLink(c echo.Context, last string) string {
	u := *c.Request().URL
	query := u.Query()
	query.Del("offset")
	query.Set("marker", last)
	u.RawQuery = query.Encode()
	var b strings.Builder
	_ = encoder(&b).Encode([]linkRef{{"next", baseURL(c) + u.RequestURI()}}) // texts always have a JSON form
	return strings.TrimSuffix(b.String(), "\n")
}
