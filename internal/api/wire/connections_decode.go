package wire

import (
	"math"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// connectionBody is the body of a create (spec/connections.md §1.1). Nothing of
// it is judged here but that its types are right.
type connectionBody struct {
	Name            string    `json:"name"`
	Service         string    `json:"service"`
	URL             string    `json:"url"`
	SecurityGroupID string    `json:"security_group_id,omitempty"`
	NetworkID       string    `json:"network_id,omitempty"`
	Cluster         string    `json:"cluster_name,omitempty"` // in documents up to 2019
	Tags            []api.Tag `json:"tags,omitempty"`
}

func readConnection(c echo.Context) (api.ConnectionDraft, error) {
	var body connectionBody
	if err := decodeBody(c, &body); err != nil {
		return api.ConnectionDraft{}, err
	}
	return api.ConnectionDraft(body), nil
}

// connectionList is what a list of connections is asked for. Only tags is
// documented; the others are those of enhanced connections, except that without
// them everything is listed (§1.4).
type connectionList struct {
	api.ConnectionQuery

	name          string // exactly
	offset, limit int    // no limit if 0
}

func readConnectionList(c echo.Context) (l connectionList, err error) {
	l.name = c.QueryParam("name")
	l.ConnectionQuery = api.ConnectionQuery{Search: l.name, States: api.ConnectionStates, Sort: "created", Limit: api.MaxPage}
	state, err := readChoice(c, "status", connectionStates...)
	if err != nil {
		return l, err
	}
	if state != "" {
		l.States = []api.ConnectionState{api.ConnectionState(state)}
	}
	if l.Tags, err = readTags(c); err != nil {
		return l, err
	}
	if l.offset, err = readNumber(c, "offset", 0, 0, math.MaxInt32); err != nil {
		return l, err
	}
	l.limit, err = readNumber(c, "limit", 0, 0, math.MaxInt32)
	return l, err
}

// connectionStates are what a list can be narrowed to; first, all.
var connectionStates = []string{
	"", string(api.ConnectionCreating), string(api.ConnectionActive),
	string(api.ConnectionFailed), string(api.ConnectionDeleted),
}

// readTags reads ?tags=a=b,c=d; a key alone stands for any value.
func readTags(c echo.Context) ([]api.Tag, error) {
	text := c.QueryParam("tags")
	if text == "" {
		return nil, nil
	}
	var tags []api.Tag
	for pair := range strings.SplitSeq(text, ",") {
		key, value, _ := strings.Cut(pair, "=")
		if key == "" {
			return nil, wrong("tags", api.M("wire.query_tags"))
		}
		tags = append(tags, api.Tag{Key: key, Value: value})
	}
	return tags, nil
}
