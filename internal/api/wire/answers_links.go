package wire

import (
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
)

// answeredLink is a link in an answer (spec/links.md §1.5): what is not told is read
// as the body of a create.
type answeredLink struct {
	linkBody

	ID        int64  `json:"id"`
	CreatedBy string `json:"creation-user"`
	Created   int64  `json:"creation-date"` // milliseconds
	UpdatedBy string `json:"update-user"`
	Updated   int64  `json:"update-date"` // milliseconds
}

// LinksIn reads the answer about one link or all. A link's id is its number; which
// cluster it is in, and which secrets it has, no answer tells.
func LinksIn(body []byte) ([]api.Link, error) {
	var answer struct {
		Links *[]answeredLink `json:"links"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, err
	}
	return readEach(answer.Links, (*answeredLink).link)
}

func (a *answeredLink) link() (api.Link, error) {
	if err := identified(a.Name, a.Connector); err != nil {
		return api.Link{}, err
	}
	a.decode()
	draft, err := a.draft(&api.Link{}) // of which nothing is stored: placeholders are no secrets
	if err != nil {
		return api.Link{}, err
	}
	link := api.Link{
		ID: strconv.FormatInt(a.ID, 10), Name: a.Name, Connector: a.Connector, Enabled: draft.Enabled,
		Inputs: draft.Inputs, Extended: draft.Extended,
		Created: api.Stamp{At: unixMoment(a.Created), By: a.CreatedBy}, Updated: api.Stamp{At: unixMoment(a.Updated), By: a.UpdatedBy},
	}
	if c := connector.Find(link.Connector); c != nil {
		link.Endpoint = c.Endpoint(link.Inputs)
	}
	return link, nil
}
