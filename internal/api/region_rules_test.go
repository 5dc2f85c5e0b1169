package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestEndpointsOfRegions(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"https://obs.cn-north-4.example.com":       "https://obs.cn-north-4.example.com",
		" HTTPS://OBS.example.com:443/ ":           "https://obs.example.com",
		"http://obs.example.com:80":                "http://obs.example.com",
		"http://obs.example.com:443":               "http://obs.example.com:443",
		"http://127.0.0.1:9000":                    "http://127.0.0.1:9000",
		"http://[::1]:9000/":                       "http://[::1]:9000",
		"https://obs.example.com.":                 "https://obs.example.com",
		"obs.example.com":                          "",
		"ftp://obs.example.com":                    "",
		"https://":                                 "",
		"https://obs.example.com/bucket":           "",
		"https://obs.example.com?x":                "",
		"https://obs.example.com#x":                "",
		"https://ak:sk@obs.example.com":            "",
		"https://obs.example.com:0":                "",
		"https://obs.example.com:65536":            "",
		"https://obs example.com":                  "",
		"https://obs.example.com\\@evil.example":   "",
		"https://-obs.example.com":                 "",
		"https://obs_1.example.com":                "https://obs_1.example.com",
		"https://[fe80::1%25eth0]":                 "",
		"javascript://obs.example.com/%0aalert(1)": "",
	} {
		d := api.RegionDraft{Name: "a", Kind: api.StoreS3, Endpoint: endpoint, Bucket: "bucket", AccessKey: "AK", Secret: api.NewSecret("sk")}.Complete()
		problems := d.Problems(nil)
		if want == "" {
			require.Len(t, problems, 1, endpoint)
			require.Equal(t, "endpoint", problems[0].Path, endpoint)
			continue
		}
		require.Empty(t, problems, endpoint)
		require.Equal(t, want, d.Endpoint)
	}
}

func TestWhereRegionsMeet(t *testing.T) {
	t.Parallel()
	folder := func(path string) api.RegionDraft {
		return api.RegionDraft{Kind: api.StoreFolder, Folder: path}.Complete()
	}
	for _, c := range []struct {
		a, b string
		meet bool
	}{
		{"/srv/a", "/srv/a", true}, {"/srv/a/", "/srv/a", true}, {"/srv/a/b", "/srv/a", true}, {"/srv", "/srv/a", true},
		{"/srv/ab", "/srv/a", false}, {"/srv/b", "/srv/a", false}, {"/", "/srv/a", true},
	} {
		d := folder(c.a)
		require.Equal(t, c.meet, d.Meets(&api.Region{Kind: api.StoreFolder, Folder: c.b}) != "", "%+v", c)
	}
	d := folder("/srv/a")
	require.Empty(t, d.Meets(&api.Region{Kind: api.StoreS3, Bucket: "a"}))
}

func TestBandwidthOfRegions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"": 0, "1": 1 << 20, " 80 ": 80 << 20, "1048576": 1 << 40} {
		d := api.RegionDraft{Name: "a", Folder: "/a", Bandwidth: text}.Complete()
		require.Empty(t, d.Problems(nil), text)
		require.Equal(t, want, d.BytesPerSecond())
	}
	for _, text := range []string{"0", "-1", "1.5", "1048577", "99999999999999999999", "10M"} {
		d := api.RegionDraft{Name: "a", Folder: "/a", Bandwidth: text}.Complete()
		require.Len(t, d.Problems(nil), 1, text)
	}
}
