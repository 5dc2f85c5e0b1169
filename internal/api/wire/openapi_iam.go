package wire

import "net/http"

func describedIAM() map[string]described {
	version, links := keys{"version": versionJSON{}}, listRef{}
	projects := keys{"projects": []projectJSON{}, "links": links}
	listed := []parameter{
		text("name"), text("domain_id"), text("parent_id"), flag("enabled"), flag("is_domain"), whole("page", 1, 1<<31-1), whole("per_page", 1, 5000),
	}
	asked := []parameter{subject()}
	return map[string]described{
		"KeystoneListVersions":       {Answer: keys{"versions": keys{"values": []versionJSON{}}}},
		"KeystoneShowVersion":        {Answer: version},
		"KeystoneShowVersionDetails": {Answer: version},
		"KeystoneCreateUserTokenByPassword": {
			Query: []parameter{text("nocatalog")}, Body: tokenRequest{}, Needs: []string{"auth"}, Status: http.StatusCreated, Answer: tokenJSON{},
			Example: `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin","password":"${password}","domain":{"name":"default"}}}}}}`,
		},
		"KeystoneValidateToken":    {Query: []parameter{text("nocatalog")}, Header: asked, Answer: tokenJSON{}},
		"KeystoneCheckToken":       {Header: asked},
		"KeystoneRevokeToken":      {Header: asked, Status: http.StatusNoContent, Removes: true},
		"KeystoneListAuthProjects": {Query: listed, Answer: projects},
		"KeystoneListProjects":     {Query: listed, Answer: projects},
		"KeystoneListAuthDomains":  {Query: []parameter{text("name")}, Answer: keys{"domains": []domainJSON{}, "links": links}},
		"KeystoneShowCatalog":      {Answer: keys{"catalog": []serviceRef{}, "links": links}},
	}
}
