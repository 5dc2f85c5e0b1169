package connector_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	. "switchboard/internal/api/connector"
)

func TestValuesOfEachKind(t *testing.T) {
	t.Parallel()
	type good map[string]string // what was written and its canonical form
	cases := map[string]struct {
		in   Input
		good good
		key  string // of the fault of every bad value
		bad  []string
	}{
		"text is kept as it is": {
			in:   Input{Kind: String},
			good: good{"loader@EXAMPLE.COM": "loader@EXAMPLE.COM", "引用": "引用"},
			key:  "input.control",
			bad:  []string{"a\nb", "a\x00b", "a\u202eb", "a\u2028b", "a\xffb"},
		},
		"a name carries no parameters": {
			in:   Input{Kind: Name},
			good: good{`DOMAIN\user`: `DOMAIN\user`, "订单": "订单", "a b": "a b", "user@host": "user@host"},
			key:  "input.name",
			bad:  []string{"db?allowLoadLocalInfile", "db;x", "a&b", "a=b", "a#b", "a/b", "a%3Fb", "a'b", `a"b`, "a`b"},
		},
		"a host is a name or an address": {
			in: Input{Kind: Host},
			good: good{
				"DB.Example.COM.": "db.example.com", "my_db": "my_db", "10.0.0.1": "10.0.0.1", "db-1.x": "db-1.x", "3com.example": "3com.example",
				"::1": "::1", "[FE80::0:1]": "fe80::1", "100.94.8.163": "100.94.8.163", strings.Repeat("a", 63): strings.Repeat("a", 63),
			},
			key: "input.host",
			bad: []string{
				"http://db", "db:3306", "a b", "db/x", "a%41", "fe80::1%eth0", "-db", "db-", "a..b", ".", "a..", "[::1", "[10.0.0.1]", "[db]",
				"user@db", "256.1.1.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "010.0.0.1", "db,db2", "数据库.example", "boo\u212a.example",
				strings.Repeat("a", 64), strings.Repeat("a.", 127) + "com",
			},
		},
		"a port is between 1 and 65535": {
			in:   Input{Kind: Port},
			good: good{"3306": "3306", "0022": "22", "65535": "65535", "1": "1"},
			key:  "input.port",
			bad:  []string{"0", "00", "65536", "-1", "+1", "3306.0", "0x16", "abc", "3306 ", "99999999999999999999"},
		},
		"a server is a host with a port": {
			in:   Input{Kind: HostPort},
			good: good{"A.example:04242": "a.example:4242", "[::1]:80": "[::1]:80"},
			key:  "input.host_port",
			bad:  []string{"a.example", "a.example:", ":80", "::1:80", "a:1:2", "a:0", "http://a:80", "a:1,b:2"},
		},
		"servers stand in a list with either separator": {
			in:   Input{Kind: HostList, Separator: ";"},
			good: good{"A:1": "a:1", "a:1;b:2": "a:1;b:2", "a:1, B:02,": "a:1;b:2", "[::1]:1;10.0.0.1:2": "[::1]:1;10.0.0.1:2"},
			key:  "input.host_list",
			bad:  []string{"a", "a:1 b:2", "a:1;b", ";", "a:1|b:2", "a:1; ;b:2"},
		},
		"an address is a host with an optional scheme, port and path": {
			in: Input{Kind: URI, Schemes: []string{"https", "http"}},
			good: good{
				"HTTPS://Dis.Example.com": "https://dis.example.com", "oss.example.com": "oss.example.com", "http://a:080/x/y": "http://a:80/x/y",
				"10.0.0.1:8020": "10.0.0.1:8020", "https://[::1]/": "https://[::1]/", "::1": "[::1]",
			},
			key: "input.uri",
			bad: []string{
				"file:///etc/passwd", "ftp://a", "https://", "https://u:p@a", "https://a?x=1", "https://a#x", "https://a/%2e", "https://a/b c",
				"javascript:alert(1)", "https://a,https://b", "//a", "https:a",
			},
		},
		"addresses stand in a list where one is allowed": {
			in:   Input{Kind: URI, Schemes: []string{"thrift"}, Separator: ","},
			good: good{"thrift://A:9083, thrift://b:9083": "thrift://a:9083,thrift://b:9083"},
			key:  "input.uri",
			bad:  []string{"thrift://a:9083,http://b", ","},
		},
		"a share is a UNC path or an NFS export": {
			in: Input{Kind: Share},
			good: good{
				`\\NAS.example.com\Share\a b`: `\\nas.example.com\Share\a b`, "//nas/share": "//nas/share", "Nas.example.com:/Share": "nas.example.com:/Share",
				"10.0.0.1:/": "10.0.0.1:/", "[::1]:/x": "[::1]:/x", `\\nas\共享`: `\\nas\共享`,
			},
			key: "input.share",
			bad: []string{"nas", `\\nas`, `\\nas\`, `\\\share`, `\\nas\\share`, ":/share", "nas:share", "http://nas/share", "nas:/share,uid=0", `\\na s\share`, `\\nas\..|x`, "/etc"},
		},
		"a number is an integer": {
			in:   Input{Kind: Int},
			good: good{"0": "0", "0100": "100", "2147483647": "2147483647"},
			key:  "input.integer",
			bad:  []string{"x", "1.5", "1e3", "0x10", "1_000", "--1"},
		},
		"a number keeps its bounds": {
			in:   Input{Kind: Int, Max: 15},
			good: good{"15": "15", "-0": "0"},
			key:  "input.range",
			bad:  []string{"16", "-1", "99999999999999999999", "-99999999999999999999"},
		},
		"a switch is true or false": {
			in:   Input{Kind: Bool},
			good: good{"true": "true", "FALSE": "false"},
			key:  "input.bool",
			bad:  []string{"yes", "1", "on", "falsch"},
		},
		"a choice is one of the list in any case": {
			in:   Input{Kind: Enum, Choices: []Choice{{Value: "SAP HANA"}, {Value: "Single"}}},
			good: good{"sap hana": "SAP HANA", "SINGLE": "Single"},
			key:  "input.choice",
			bad:  []string{"SAPHANA", "H2", "Single,SAP HANA"},
		},
		"a map is an object of text": {
			in: Input{Kind: Map, Keys: someKeys},
			good: good{
				`{"b":"2","a":"1"}`: `{"a":"1","b":"2"}`, ` { } `: "", "null": "", `{"n":300000,"t":true,"a":null}`: `{"n":"300000","t":"true"}`,
			},
			key: "input.map",
			bad: []string{"a=b", "[]", `"x"`, "1", `{"a":{}}`, `{"a":["b"]}`, `{"a":"1"} x`, `{"":"x"}`, "{"},
		},
		"a map is not a place for secrets": {
			in:  Input{Kind: Map},
			key: "input.map_key_secret",
			bad: []string{
				`{"trustStorePassword":"x"}`, `{"fs.obs.SECRET.key":"x"}`, `{"passwd":"x"}`, `{"auth_token":"x"}`, `{"credential":"x"}`, `{"private-key":"x"}`,
				`{"privatekey":"x"}`, `{"sasl.jaas.config":"x"}`, `{"password":12345}`,
				`{"p%61ssword":"x"}`,
			},
		},
		"a map hides nothing": {
			in:  Input{Kind: Map},
			key: "input.control",
			bad: []string{`{"a":"x\ny"}`, `{"a\u0000":"x"}`, "{\"a\":\"\xff\"}"},
		},
		"a file is base64": {
			in: Input{Kind: File},
			good: good{
				"aGVsbG8=": "aGVsbG8=", "aGVs\nbG8=\n": "aGVs\nbG8=\n",
				base64.StdEncoding.EncodeToString(make([]byte, MaxFile)): base64.StdEncoding.EncodeToString(make([]byte, MaxFile)),
			},
			key: "input.file",
			bad: []string{"hello!", "aGVsbG8", "", base64.StdEncoding.EncodeToString(make([]byte, MaxFile+1))},
		},
		"a password is any line of text": {
			in:   Input{Kind: Password},
			good: good{" p%40;'\"ss ": " p%40;'\"ss ", "密码": "密码"},
			key:  "input.control",
			bad:  []string{"a\nb", "a\x00"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.in.Name = "linkConfig.x"
			for text, canonical := range tc.good {
				got, f := tc.in.Judge(text)
				require.Nil(t, f, "%q", text)
				require.Equal(t, canonical, got, "%q", text)
			}
			for _, text := range tc.bad {
				got, f := tc.in.Judge(text)
				require.NotNil(t, f, "%q", text)
				require.Equal(t, tc.key, f.Key, "%q", text)
				require.Equal(t, "linkConfig.x", f.Path)
				require.Empty(t, got)
			}
		})
	}
}

// someKeys are what a map may have where the test is not about keys.
var someKeys = []Key{
	{Name: "a", Kind: String}, {Name: "b", Kind: String}, {Name: "n", Kind: Int}, {Name: "t", Kind: Enum, Choices: []string{"true", "false"}},
}

func TestFaultsSayWhatWouldDo(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1025)
	entries := make([]string, 101)
	for i := range entries {
		entries[i] = fmt.Sprintf(`"k%d":"v"`, i)
	}
	for name, tc := range map[string]struct {
		in   Input
		text string
		want Fault
	}{
		"the choices":             {Input{Kind: Enum, Choices: []Choice{{Value: "SMB"}, {Value: "NFS"}}}, "x", Fault{Key: "input.choice", Args: []any{"choices", "SMB, NFS"}}},
		"the bounds":              {Input{Kind: Int, Max: 15}, "16", Fault{Key: "input.range", Args: []any{"min", 0, "max", 15}}},
		"the bounds of an int32":  {Input{Kind: Int}, "2147483648", Fault{Key: "input.range", Args: []any{"min", 0, "max", 2147483647}}},
		"the characters":          {Input{Kind: Name}, "a=/b=", Fault{Key: "input.name", Args: []any{"characters", "= /"}}},
		"the schemes":             {Input{Kind: URI, Schemes: []string{"hdfs", "viewfs"}}, "ftp://a", Fault{Key: "input.uri", Args: []any{"schemes", "hdfs, viewfs"}}},
		"the usual length":        {Input{Kind: String}, long, Fault{Key: "input.too_long", Args: []any{"max", 1024}}},
		"the input's own length":  {Input{Kind: Password, MaxLen: 2}, "密码密", Fault{Key: "input.too_long", Args: []any{"max", 2}}},
		"the entry with a secret": {Input{Kind: Map}, `{"z":"1","my.password":"hunter2"}`, Fault{Key: "input.map_key_secret", Args: []any{"key", "my.password"}}},
		"the entry too long":      {Input{Kind: Map}, `{"z":"` + long + `"}`, Fault{Key: "input.map_value_too_long", Args: []any{"key", "z", "max", 1024}}},
		"the number of entries":   {Input{Kind: Map}, "{" + strings.Join(entries, ",") + "}", Fault{Key: "input.map_too_many", Args: []any{"max", 100}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, f := tc.in.Judge(tc.text)
			require.Equal(t, &tc.want, f)
		})
	}
}
