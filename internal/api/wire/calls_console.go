package wire

import "switchboard/internal/api"

// aboutConsole is about what only this console has: regions, and where changes are
// told.
func (p *program) aboutConsole(d api.Deed) error {
	vars := variables{}
	switch d := d.(type) {
	case api.CreateRegion:
		body := regionOf(&d.Draft, vars)
		if d.Draft.Kind == api.StoreS3 && body.Secret == nil { // it needs one
			body.Secret = new(vars.of("secretKey", api.Secret{}).text())
		}
		return p.add("CreateRegion", nil, body, vars)
	case api.UpdateRegion:
		body := regionOf(&d.Draft, vars)
		body.Version = d.Version
		return p.add("UpdateRegion", pathParams{"region": d.Name}, body, vars)
	case api.DeleteRegion:
		return p.add("DeleteRegion", pathParams{"region": d.Name}, nil, nil)
	case api.SetHook:
		body := hookBody{URL: d.Draft.URL, Enabled: d.Draft.Enabled, Version: d.Draft.Version}
		if !d.Draft.Secret.IsZero() {
			body.Secret = new(vars.of("hookSecret", d.Draft.Secret).text())
		}
		return p.add("UpdateHook", nil, body, vars)
	}
	return noCalls(d)
}

func regionOf(d *api.RegionDraft, vars variables) *regionBody {
	body := &regionBody{
		Name: d.Name, Kind: d.Kind, Folder: d.Folder, Endpoint: d.Endpoint, Bucket: d.Bucket, Prefix: d.Prefix, Signing: d.Signing,
		PathStyle: d.PathStyle, AccessKey: d.AccessKey, Bandwidth: typed(d.Bandwidth),
	}
	if !d.Secret.IsZero() {
		body.Secret = new(vars.of("secretKey", d.Secret).text())
	}
	return body
}
