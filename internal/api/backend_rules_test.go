package api

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRulesOfBackends(t *testing.T) {
	t.Parallel()
	stored := Backend{
		Kind: BackendCloud, Cloud: CloudOTC, Region: "eu-de", Project: strings.Repeat("0a", 16), Access: "AK", HasSecret: true,
	}
	for name, c := range map[string]struct {
		change func(d *BackendDraft)
		stored *Backend
		want   string // paths and messages
	}{
		"an access key":           {func(*BackendDraft) {}, nil, ""},
		"who signs in":            {func(d *BackendDraft) { d.Access, d.Domain, d.User = "", "acme", "ada" }, nil, ""},
		"embedded":                {func(d *BackendDraft) { *d = BackendDraft{} }, nil, ""},
		"of what kind":            {func(d *BackendDraft) { d.Kind = "moon" }, nil, "kind backend.kind_unknown"},
		"no such cloud":           {func(d *BackendDraft) { d.Cloud = "moon" }, nil, "cloud backend.cloud_unknown"},
		"any other cloud":         {func(d *BackendDraft) { d.Cloud, d.Base = CloudCustom, " HTTPS://Cloud.Example.com:443/ " }, nil, ""},
		"any other, nowhere":      {func(d *BackendDraft) { d.Cloud = CloudCustom }, nil, "base backend.base_required"},
		"any other, with a path":  {func(d *BackendDraft) { d.Cloud, d.Base = CloudCustom, "https://x.test/v1" }, nil, "base backend.endpoint_form"},
		"a password in a place":   {func(d *BackendDraft) { d.Endpoints = map[string]string{"dli": "https://a:b@x.test"} }, nil, "endpoints.dli backend.endpoint_form"},
		"a service nobody has":    {func(d *BackendDraft) { d.Endpoints = map[string]string{"obs": "https://x.test"} }, nil, "endpoints.obs backend.service_unknown"},
		"a service that is empty": {func(d *BackendDraft) { d.Endpoints = map[string]string{"dli": " "} }, nil, ""},
		"no region":               {func(d *BackendDraft) { d.Region = " " }, nil, "region backend.region_required"},
		"a region that is a name": {func(d *BackendDraft) { d.Region = "evil.example.com/" }, nil, "region backend.region_form"},
		"no project":              {func(d *BackendDraft) { d.Project = "" }, nil, "project backend.project_required"},
		"a project with a slash":  {func(d *BackendDraft) { d.Project = "a/b" }, nil, "project backend.project_form"},
		"nobody":                  {func(d *BackendDraft) { d.Access = "" }, nil, "access backend.credential_required"},
		"two at once":             {func(d *BackendDraft) { d.User = "ada" }, nil, "access backend.credential_both"},
		"a key with a line":       {func(d *BackendDraft) { d.Access = "a\nb" }, nil, "access backend.access_form"},
		"no account":              {func(d *BackendDraft) { d.Access, d.User = "", "ada" }, nil, "domain backend.domain_required"},
		"no user":                 {func(d *BackendDraft) { d.Access, d.Domain = "", "acme" }, nil, "user backend.user_required"},
		"no secret":               {func(d *BackendDraft) { d.Secret = Secret{} }, nil, "secret backend.secret_required"},
		"the stored secret":       {func(d *BackendDraft) { d.Secret = Secret{} }, &stored, ""},
		"for another cloud":       {func(d *BackendDraft) { d.Secret, d.Cloud = Secret{}, CloudHuawei }, &stored, "secret backend.secret_again"},
		"for another region":      {func(d *BackendDraft) { d.Secret, d.Region = Secret{}, "eu-nl" }, &stored, "secret backend.secret_again"},
		"for another address": {func(d *BackendDraft) {
			d.Secret, d.Endpoints = Secret{}, map[string]string{"dli": "https://x.test"}
		}, &stored, "secret backend.secret_again"},
		"of another key":      {func(d *BackendDraft) { d.Secret, d.Access = Secret{}, "AK2" }, &stored, "secret backend.secret_again"},
		"of somebody else":    {func(d *BackendDraft) { d.Secret, d.Access, d.Domain, d.User = Secret{}, "", "acme", "ada" }, &stored, "secret backend.secret_again"},
		"typed for another":   {func(d *BackendDraft) { d.Region = "eu-nl" }, &stored, ""},
		"for another project": {func(d *BackendDraft) { d.Secret, d.Project = Secret{}, "other" }, &stored, ""},
		"a long secret":       {func(d *BackendDraft) { d.Secret = NewSecret(strings.Repeat("x", 257)) }, nil, "secret backend.secret_long"},
	} {
		d := BackendDraft{
			Kind: BackendCloud, Cloud: CloudOTC, Region: "eu-de", Project: strings.Repeat("0a", 16), Access: "AK", Secret: NewSecret("SK"),
		}
		c.change(&d)
		d = d.Complete()
		var found []string
		for _, p := range d.Problems(c.stored) {
			found = append(found, p.Path+" "+p.Message.Key)
		}
		require.Equal(t, c.want, strings.Join(found, ", "), name)
	}
}
