package wire

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// counted serves a list of the numbers below total, most of them in one page.
func counted(target string, total, most int) (echo.Context, error) {
	s := &server{}
	c := s.context("GET", target)
	p, err := readPart(c, itemSorts)
	if err != nil {
		return c, err
	}
	return c, streamPart(s, c, part[int]{
		partQuery: p, name: "things", rest: `,"count":` + strconv.Itoa(total),
		page: func(f from) (page api.Page[int], err error) {
			first := f.offset
			if at := f.cursor + f.marker; at != "" {
				first, _ = strconv.Atoi(at)
				first++
			}
			for n := first; n < total && len(page.Items) < min(f.limit, most); n++ {
				page.Items = append(page.Items, n)
			}
			if last := first + len(page.Items); last < total {
				page.Next = strconv.Itoa(last - 1)
			}
			return page, nil
		},
		encode: func(n *int) (string, any) { return strconv.Itoa(*n), *n },
	})
}

func TestPartsOfLists(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"/x":                            `{"things":[0,1,2,3,4,5,6],"count":7}`,
		"/x?limit=7":                    `{"things":[0,1,2,3,4,5,6],"count":7}`,
		"/x?limit=2":                    `{"things":[0,1],"count":7,"things_links":[{"rel":"next","href":"http://example.com/x?limit=2&marker=1"}]}`,
		"/x?limit=5&name=a%20b":         `{"things":[0,1,2,3,4],"count":7,"things_links":[{"rel":"next","href":"http://example.com/x?limit=5&marker=4&name=a+b"}]}`,
		"/x?limit=2&marker=4":           `{"things":[5,6],"count":7}`,
		"/x?limit=2&offset=3":           `{"things":[3,4],"count":7,"things_links":[{"rel":"next","href":"http://example.com/x?limit=2&marker=4"}]}`,
		"/x?offset=9&sort=name:asc,id":  `{"things":[],"count":7}`,
		"/x?limit=2147483647&offset=05": `{"things":[5,6],"count":7}`,
	} {
		c, err := counted(target, 7, 3)
		require.NoError(t, err, target)
		require.Equal(t, want, string(written(c)), target)
	}
	c, err := counted("/x", 0, 3)
	require.NoError(t, err)
	require.JSONEq(t, `{"things":[],"count":0}`, string(written(c)), "an empty list is [], where clients stop")
	for _, query := range []string{"limit=0", "limit=-1", "limit=x", "limit=", "limit=2147483648", "offset=-1", "offset=1.5", "sort=size", "sort=name:up", "sort=name,", "sort=name:asc:asc"} {
		_, err := counted("/x?"+query, 7, 3)
		require.Equal(t, api.Invalid, api.CodeOf(err), query)
		require.Equal(t, http.StatusBadRequest, csbsError((&server{}).context("GET", "/"), err).status)
	}
}

func TestTheOrderOfLists(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]struct {
		column string
		desc   bool
	}{
		"":                               {"created", true},
		"sort=":                          {"created", true},
		"sort=name":                      {"name", true},
		"sort=name:asc":                  {"name", false},
		"sort=updated_at:desc":           {"updated", true},
		"sort=status:asc,protected_at":   {"status", false},
		"sort=protected_at:asc,name:asc": {"created", false},
	} {
		column, desc, err := readSort((&server{}).context("GET", "/?"+query), itemSorts)
		require.NoError(t, err, query)
		require.Equal(t, want.column, column, query)
		require.Equal(t, want.desc, desc, query)
	}
}

// written is what was answered to a context's request.
func written(c echo.Context) []byte {
	return c.Response().Writer.(*httptest.ResponseRecorder).Body.Bytes()
}
