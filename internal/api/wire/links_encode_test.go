package wire

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// sdkLink is a link with the types of the Go SDK, which are strict.
type sdkLink struct {
	ID         *int32  `json:"id"`
	Name       string  `json:"name"`
	Connector  string  `json:"connector-name"`
	Enabled    *bool   `json:"enabled"`
	CreatedBy  *string `json:"creation-user"`
	Created    *int64  `json:"creation-date"`
	UpdatedBy  *string `json:"update-user"`
	Updated    *int64  `json:"update-date"`
	LinkValues struct {
		Configs []struct {
			Name   string     `json:"name"`
			Type   *string    `json:"type"`
			Inputs []sdkInput `json:"inputs"`
		} `json:"configs"`
		Extended *struct {
			Name  *string `json:"name"`
			Value *string `json:"value"`
		} `json:"extended-configs"`
		Validators *[]string `json:"validators"`
	} `json:"link-config-values"`
}

type sdkInput struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Value     any    `json:"value"`
	Mandatory bool   `json:"mandatory"`
	Sensitive bool   `json:"sensitive"`
	Size      int    `json:"size"`
	Default   string `json:"defaultValue"`
}

func decodeLinks(t *testing.T, rec *httptest.ResponseRecorder) []sdkLink {
	t.Helper()
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var body struct {
		Links *[]sdkLink `json:"links"`
	}
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body), rec.Body.String())
	require.NotNil(t, body.Links)
	return *body.Links
}

// show returns the link of that name in cluster "c".
func (w *world) show(t *testing.T, name string) sdkLink {
	t.Helper()
	list := decodeLinks(t, w.send("GET", w.links("c", "/"+url.PathEscape(name)), ""))
	require.Len(t, list, 1)
	return list[0]
}

func (l *sdkLink) input(t *testing.T, name string) sdkInput {
	t.Helper()
	for _, config := range l.LinkValues.Configs {
		for _, in := range config.Inputs {
			if in.Name == name {
				return in
			}
		}
	}
	t.Fatalf("there is no input %s", name)
	return sdkInput{}
}

func (w *world) create(t *testing.T, body string) {
	t.Helper()
	rec := w.send("POST", w.links("c", ""), body)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
}

func TestShowTheSeed(t *testing.T) {
	t.Parallel()
	w := start(t)
	before := time.Now().UnixMilli()
	w.create(t, seed(t))
	l := w.show(t, "mysql_link")
	require.Equal(t, "generic-jdbc-connector", l.Connector)
	require.True(t, *l.Enabled)
	require.Equal(t, "ada", *l.CreatedBy)
	require.GreaterOrEqual(t, *l.Created, before, "the client's dates are not believed")
	require.Equal(t, *l.Created, *l.Updated)
	require.Positive(t, *l.ID)
	require.NotNil(t, l.LinkValues.Validators)

	main := l.LinkValues.Configs[0]
	require.Equal(t, "linkConfig", main.Name)
	require.Equal(t, "LINK", *main.Type)
	set := map[string]any{}
	for _, in := range main.Inputs {
		if in.Value != nil {
			set[in.Name] = in.Value
		}
	}
	require.Equal(t, map[string]any{
		"linkConfig.databaseType": "MYSQL", "linkConfig.host": "100.94.8.163", "linkConfig.port": "3306",
		"linkConfig.database": "DB_name", "linkConfig.username": "username", "linkConfig.fetchSize": "100000",
		"linkConfig.usingNative": "false",
	}, set, "what was set comes back as text, defaults do not")
}

func TestLinkJSONIsWhatClientsSee(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.create(t, seed(t))
	stored, err := w.Service.FindLink(t.Context(), api.Scope{Project: w.project.ID}, "c", "mysql_link")
	require.NoError(t, err)
	text, err := LinkJSON(stored)
	require.NoError(t, err)
	require.JSONEq(t, w.send("GET", w.links("c", "/mysql_link"), "").Body.String(), string(text))
	require.Contains(t, string(text), "\n  \"links\": [\n", "indented")
	require.NotContains(t, string(text), "DB_password")
}

func TestInputsCarryTheirSchema(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.create(t, sftp("a"))
	l := w.show(t, "a")
	require.Equal(t, []sdkInput{
		{Name: "linkConfig.server", Type: "STRING", Mandatory: true, Size: 128, Value: "sftp.example.com"},
		{Name: "linkConfig.port", Type: "INTEGER", Mandatory: true, Default: "22", Value: "22"},
		{Name: "linkConfig.username", Type: "STRING", Mandatory: true, Size: 32, Value: "loader"},
		{Name: "linkConfig.password", Type: "STRING", Mandatory: true, Size: 32, Sensitive: true},
	}, l.LinkValues.Configs[0].Inputs)
	require.NotContains(t, w.send("GET", w.links("c", "/all"), "").Body.String(), "hunter2")
}

func TestValues(t *testing.T) {
	t.Parallel()
	w := start(t)
	t.Run("numbers and booleans become text", func(t *testing.T) {
		t.Parallel()
		w.create(t, mysql("scalars", "linkConfig.usingNative", `true`, "linkConfig.fetchSize", `1000`))
		l := w.show(t, "scalars")
		require.Equal(t, "3306", l.input(t, "linkConfig.port").Value)
		require.Equal(t, "true", l.input(t, "linkConfig.usingNative").Value)
		require.Equal(t, "1000", l.input(t, "linkConfig.fetchSize").Value)
	})
	t.Run("null is absent", func(t *testing.T) {
		t.Parallel()
		w.create(t, mysql("nulls", "linkConfig.fetchSize", `null`))
		l := w.show(t, "nulls")
		require.Nil(t, l.input(t, "linkConfig.fetchSize").Value)
	})
	t.Run("values counts where value is absent", func(t *testing.T) {
		t.Parallel()
		w.create(t, strings.Replace(mysql("tables"), `"value":"orders"`, `"values":"orders"`, 1))
		l := w.show(t, "tables")
		require.Equal(t, "orders", l.input(t, "linkConfig.database").Value)
		w.create(t, strings.Replace(mysql("both"), `"value":"orders"`, `"value":"orders","values":"x"`, 1))
		l = w.show(t, "both")
		require.Equal(t, "orders", l.input(t, "linkConfig.database").Value)
	})
	t.Run("maps are objects, as an object or as its text", func(t *testing.T) {
		t.Parallel()
		for name, value := range map[string]string{"map": `{ "serverTimezone": "Asia/Shanghai" }`, "maptext": `"{\"serverTimezone\":\"Asia/Shanghai\"}"`} {
			w.create(t, mysql(name, "linkConfig.jdbcProperties", value))
			l := w.show(t, name)
			require.Equal(t, map[string]any{"serverTimezone": "Asia/Shanghai"}, l.input(t, "linkConfig.jdbcProperties").Value, "not encoded")
		}
	})
	t.Run("the dialect has a config of its own, wherever it came from", func(t *testing.T) {
		t.Parallel()
		for name, path := range map[string]string{"dialect": "dialect.identifierEnclose", "terraform": "linkConfig.dialect.identifierEnclose"} {
			w.create(t, mysql(name, path, `"\""`))
			l := w.show(t, name)
			require.Equal(t, "dialect", l.LinkValues.Configs[1].Name)
			require.Equal(t, "%22", l.LinkValues.Configs[1].Inputs[0].Value)
		}
	})
	t.Run("a connector without inputs", func(t *testing.T) {
		t.Parallel()
		for name, body := range map[string]string{
			"http1": link("http1", "http-connector"),
			"http2": `{"links":[{"name":"http2","connector-name":"http-connector","link-config-values":{"configs":[]}}]}`,
			"http3": `{"links":[{"name":"http3","connector-name":"http-connector"}]}`,
		} {
			w.create(t, body)
			l := w.show(t, name)
			require.Len(t, l.LinkValues.Configs, 1)
			require.NotNil(t, l.LinkValues.Configs[0].Inputs)
		}
	})
	t.Run("enabled is true unless said", func(t *testing.T) {
		t.Parallel()
		w.create(t, strings.Replace(sftp("off"), `"name":"off"`, `"name":"off","enabled":false`, 1))
		require.False(t, *w.show(t, "off").Enabled)
		w.create(t, sftp("on"))
		require.True(t, *w.show(t, "on").Enabled)
	})
	t.Run("extended-configs come back as sent", func(t *testing.T) {
		t.Parallel()
		const extended = `{"name":"linkConfig.extendedFields","value":"eyLodHRwc0FjY2VzcyI6InRydWUifQ=="}`
		w.create(t, strings.Replace(sftp("ext"), `"link-config-values":{`, `"link-config-values":{"validators":["x"],"extended-configs":`+extended+`,`, 1))
		l := w.show(t, "ext")
		require.Equal(t, "eyLodHRwc0FjY2VzcyI6InRydWUifQ==", *l.LinkValues.Extended.Value)
		w.create(t, sftp("plain"))
		require.Nil(t, w.show(t, "plain").LinkValues.Extended)
	})
}

func TestTextsComeBackEncoded(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.create(t, link("es", "elasticsearch-connector", "linkConfig.host", `"10.0.0.1:9200;10.0.0.2:9200"`, "linkConfig.linkType", `"ElasticSearch"`))
	l := w.show(t, "es")
	require.Equal(t, "10.0.0.1%3A9200%3B10.0.0.2%3A9200", l.input(t, "linkConfig.host").Value)
	require.Equal(t, "ElasticSearch", l.input(t, "linkConfig.linkType").Value)
	for _, name := range []string{"a b", "a+b", "100%", "用户", `x"y\z`, "%41", "~-_."} {
		quoted, err := json.Marshal(name)
		require.NoError(t, err)
		w.create(t, mysql("any", anyText, string(quoted)))
		l := w.show(t, "any")
		got := l.input(t, anyText).Value.(string)
		decoded, err := url.PathUnescape(got)
		require.NoError(t, err, "Terraform fails on what it cannot decode: %s", got)
		require.Equal(t, name, decoded)
		require.Equal(t, http.StatusOK, w.send("DELETE", w.links("c", "/any"), "").Code)
	}
}

func TestEncodeValueIsAlwaysDecodable(t *testing.T) {
	t.Parallel()
	require.Equal(t, "SAP HANA", encodeValue("enum", "SAP HANA"), "names of choices stay readable")
	require.Equal(t, "30%25", encodeValue("enum", "30%"), "nonsense that does not apply")
	require.Equal(t, "%7B", encodeValue("map", "{"), "a map that is none")
	require.Equal(t, "22", encodeValue("port", "22"))
}
