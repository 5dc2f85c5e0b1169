package handlers

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/web/templates/form"
)

// linkForm is a link as it stands in the form: what was typed, and the draft
// that it describes.
type linkForm struct {
	conn   *connector.Connector
	values url.Values
	draft  api.LinkDraft
	base   *api.Link         // the link that is edited or cloned, or nil
	held   map[string]string // typed secrets, sealed, by path
	faults []api.Problem     // of the form itself, before it is a draft

	clusters api.Clusters
}

// linkValues fills the form's values from a stored link. Secrets stay behind.
func linkValues(link *api.Link) url.Values {
	v := url.Values{
		"name": {link.Name}, "cluster": {link.Cluster}, "connector": {link.Connector},
		"enabled": {strconv.FormatBool(link.Enabled)}, "version": {strconv.FormatInt(link.Version, 10)},
	}
	setInputs(v, connector.Find(link.Connector), link.Inputs)
	return v
}

// setInputs puts inputs into the form; a map becomes rows.
func setInputs(v url.Values, conn *connector.Connector, inputs map[string]string) {
	for path, value := range inputs {
		if in := conn.Input(path); in != nil && in.Kind == connector.Map {
			var m map[string]string
			_ = json.Unmarshal([]byte(value), &m) // stored in this form by Normalise
			form.SetMap(v, path, m)
			continue
		}
		v.Set(path, value)
	}
}

// newLinkValues are the values a new form starts with: the tile's variant and
// every default.
func newLinkValues(conn *connector.Connector, tile *connector.Tile) url.Values {
	v := url.Values{"connector": {conn.Name}, "cluster": {api.DefaultCluster}, "enabled": {"true"}}
	if conn.Variant != "" {
		v.Set(conn.Variant, tile.Value)
	}
	followDefaults(conn, v)
	return v
}

// followDefaults fills in defaults: where nothing was typed yet, and where the
// value is the default of a choice that was changed.
func followDefaults(conn *connector.Connector, v url.Values) {
	for i := range conn.Inputs {
		in := &conn.Inputs[i]
		if in.Secret || in.Kind == connector.Map || !in.Required && len(in.Defaults) == 0 {
			continue
		}
		typed := v.Get(in.Name)
		ours := typed == "" || slices.ContainsFunc(in.Defaults, func(d connector.Default) bool { return d.Value == typed })
		if value := conn.DefaultFor(in, flat(v)); ours && value != "" {
			v.Set(in.Name, value)
		}
	}
}

// offerClusters finds out what clusters the link can be in.
func (p *pages) offerClusters(c echo.Context, lf *linkForm) error {
	var err error
	lf.clusters, err = p.Service.ListClusters(c.Request().Context(), p.scope(c))
	if err == nil && lf.draft.ID == "" && !lf.clusters.Open && lf.clusters.Name(lf.values.Get("cluster")) == "" {
		lf.values.Set("cluster", lf.clusters.Usual())
	}
	return err
}

func flat(v url.Values) map[string]string {
	m := make(map[string]string, len(v))
	for name := range v {
		m[name] = v.Get(name)
	}
	return m
}

// readLink reads the posted form. The link it edits or was cloned from is
// looked up, so that a foreign id is not found.
func (p *pages) readLink(c echo.Context) (*linkForm, error) {
	values, err := formValues(c)
	if err != nil {
		return nil, err
	}
	lf := &linkForm{conn: connector.Find(values.Get("connector")), values: values, held: map[string]string{}}
	if name := values.Get("connector"); lf.conn == nil && name == "" {
		return nil, api.Errorf(api.Invalid, "link.connector_required")
	} else if lf.conn == nil {
		return nil, api.Errorf(api.NotFound, "link.connector_unknown", "name", name)
	}
	lf.draft = api.LinkDraft{
		Cluster: strings.TrimSpace(values.Get("cluster")), Name: strings.TrimSpace(values.Get("name")),
		Connector: lf.conn.Name, Enabled: values.Get("enabled") == "true",
		Inputs: map[string]string{}, Secrets: map[string]api.Secret{},
		ID: c.Param("id"), From: values.Get("from"),
	}
	lf.draft.Version = readVersion(values.Get("version"))
	if err := p.findBase(c, lf); err != nil {
		return nil, err
	}
	for i := range lf.conn.Inputs {
		in := &lf.conn.Inputs[i]
		if in.Secret {
			err = p.readSecret(c, lf, in)
		} else {
			lf.readInput(in)
		}
		if err != nil {
			return nil, err
		}
	}
	lf.dropForeign()
	return lf, nil
}

// formValues reads a posted form; one that cannot be read is the sender's fault.
func formValues(c echo.Context) (url.Values, error) {
	values, err := c.FormParams()
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); err != nil && !tooLarge {
		return nil, api.Errorf(api.Invalid, "error.bad_request")
	}
	return values, err
}

func (p *pages) findBase(c echo.Context, lf *linkForm) error {
	id := lf.draft.ID
	if id == "" {
		id = lf.draft.From
	}
	if id == "" {
		return nil
	}
	link, err := p.Service.Link(c.Request().Context(), p.scope(c), id)
	if err != nil {
		return err
	}
	lf.base = &link
	lf.draft.Extended = link.Extended
	for path, value := range link.Inputs {
		if lf.conn.Input(path) == nil { // there is no field for it, so it stays
			lf.draft.Inputs[path] = value
		}
	}
	return nil
}

func (lf *linkForm) readInput(in *connector.Input) {
	if in.Kind != connector.Map {
		lf.draft.Inputs[in.Name] = lf.values.Get(in.Name)
		return
	}
	m, faults := form.ReadMap(lf.values, in.Name)
	lf.faults = append(lf.faults, faults...)
	if len(m) > 0 {
		text, _ := json.Marshal(m) // strings always have a JSON form
		lf.draft.Inputs[in.Name] = string(text)
	}
}

// dropForeign forgets values typed for another variant, unless they were
// stored before.
func (lf *linkForm) dropForeign() {
	for path, value := range lf.draft.Inputs {
		stored := lf.base != nil && lf.base.Inputs[path] == value
		if !stored && !lf.conn.Applies(lf.conn.Input(path), lf.draft.Inputs) {
			defer delete(lf.draft.Inputs, path)
		}
	}
}
