package wire

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// regionJSON is a region without its secret.
type regionJSON struct {
	Name      string              `json:"name"`
	Kind      api.StoreKind       `json:"kind"`
	Folder    string              `json:"folder,omitempty"`
	Endpoint  string              `json:"endpoint,omitempty"`
	Bucket    string              `json:"bucket,omitempty"`
	Prefix    string              `json:"prefix,omitempty"`
	Signing   string              `json:"signing,omitempty"`
	PathStyle bool                `json:"path_style,omitempty"`
	AccessKey string              `json:"access_key,omitempty"`
	HasSecret bool                `json:"has_secret"`
	Bandwidth int64               `json:"bandwidth,omitempty"` // MiB per second
	Home      bool                `json:"home"`
	Projects  []regionProjectJSON `json:"projects"`
	Created   time.Time           `json:"created"`
	Updated   time.Time           `json:"updated"`
	Version   int64               `json:"version"`
}

type regionProjectJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func encodeRegion(r api.Region) regionJSON {
	return regionJSON{
		Name: r.Name, Kind: r.Kind, Folder: r.Folder, Endpoint: r.Endpoint, Bucket: r.Bucket, Prefix: r.Prefix, Signing: r.Signing,
		PathStyle: r.PathStyle, AccessKey: r.AccessKey, HasSecret: r.Secret, Bandwidth: r.Bandwidth / megabyte, Home: r.Home,
		Projects: each(r.Projects, func(p api.RegionProject) regionProjectJSON { return regionProjectJSON(p) }),
		Created:  r.Created.At, Updated: r.Updated.At, Version: r.Version,
	}
}

// regionBody describes a region. Its secret can be sent, and is never sent back;
// without one, the stored one stays.
type regionBody struct {
	Name      string          `json:"name"`
	Kind      api.StoreKind   `json:"kind"`
	Folder    string          `json:"folder,omitempty"`
	Endpoint  string          `json:"endpoint,omitempty"`
	Bucket    string          `json:"bucket,omitempty"`
	Prefix    string          `json:"prefix,omitempty"`
	Signing   string          `json:"signing,omitempty"`
	PathStyle bool            `json:"path_style,omitempty"`
	AccessKey string          `json:"access_key,omitempty"`
	Secret    *string         `json:"secret,omitempty"`
	Bandwidth json.RawMessage `json:"bandwidth,omitempty"` // MiB per second; absent for no bound
	Version   int64           `json:"version,omitempty"`   // of the one that was read; 0 for whichever is there
}

func readRegion(c echo.Context) (draft api.RegionDraft, version int64, err error) {
	var body regionBody
	if err := decodeBody(c, &body); err != nil {
		return draft, 0, err
	}
	draft = api.RegionDraft{
		Name: body.Name, Kind: body.Kind, Folder: body.Folder, Endpoint: body.Endpoint, Bucket: body.Bucket, Prefix: body.Prefix,
		Signing: body.Signing, PathStyle: body.PathStyle, AccessKey: body.AccessKey,
	}
	if body.Secret != nil {
		draft.Secret = api.NewSecret(*body.Secret)
	}
	draft.Bandwidth, err = readTyped(body.Bandwidth, "bandwidth")
	return draft, body.Version, err
}

// listRegions answers GET …/regions: all of them, by name.
func (s *server) listRegions(c echo.Context, scope api.Scope) error {
	regions, err := s.Service.Regions(c.Request().Context(), scope)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Regions []regionJSON `json:"regions"`
	}{each(regions, encodeRegion)})
}

// showRegion answers GET …/regions/{name}.
func (s *server) showRegion(c echo.Context, scope api.Scope) error {
	region, err := s.Service.Region(c.Request().Context(), scope, param(c, "region"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeRegion(region))
}

// createRegion answers POST …/regions.
func (s *server) createRegion(c echo.Context, scope api.Scope) error {
	draft, _, err := readRegion(c)
	if err != nil {
		return err
	}
	region, err := s.Service.CreateRegion(c.Request().Context(), scope, draft)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, encodeRegion(region))
}

// updateRegion answers PUT …/regions/{name} with the body of a create: it replaces
// all but the name and, if none is sent, the secret.
func (s *server) updateRegion(c echo.Context, scope api.Scope) error {
	draft, version, err := readRegion(c)
	if err != nil {
		return err
	}
	region, err := s.Service.UpdateRegion(c.Request().Context(), scope, param(c, "region"), draft, version)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeRegion(region))
}

// deleteRegion answers DELETE …/regions/{name}: what is in its store stays.
func (s *server) deleteRegion(c echo.Context, scope api.Scope) error {
	if err := s.Service.DeleteRegion(c.Request().Context(), scope, param(c, "region"), 0); err != nil {
		return err
	}
	return answer(c, http.StatusNoContent, nil)
}

// testRegion answers POST …/regions/test and …/regions/{name}/test with the body of
// a create: whether its store can be read and written. A test that fails is an
// answer, too.
func (s *server) testRegion(c echo.Context, scope api.Scope) error {
	draft, _, err := readRegion(c)
	if err != nil {
		return err
	}
	check, err := s.Service.TestRegion(c.Request().Context(), scope, param(c, "region"), draft)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, &check)
}
