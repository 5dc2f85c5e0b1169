package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// wellFormed is a draft that nothing is wrong with.
func wellFormed() api.ConnectionDraft {
	return api.ConnectionDraft{
		Name: "orders", Service: "RDS", URL: "192.168.0.30:3306",
		SecurityGroupID: "8d1a0b5c-1f0e-4d3b-9a51-2f6c7d8e9f01", NetworkID: "0c9b8a7f-2222-4b1e-8c3d-4e5f60718293",
		Tags: []api.Tag{{Key: "env", Value: "prod"}},
	}
}

func TestConnectionServicesAreFoundInAnyCaseAndByAlias(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"CloudTable": "CloudTable", "cloudtable": "CloudTable", "ct": "CloudTable", "CT": "CloudTable",
		"CLOUDTABLE.OPENTSDB": "CloudTable.OpenTSDB", "MRS.OPENTSDB": "MRS.OpenTSDB", "mrs.OpenTSDB": "MRS.OpenTSDB",
		"dws": "DWS", "Rds": "RDS", "css": "CSS",
	} {
		service := api.FindConnectionService(name)
		require.NotNil(t, service, name)
		require.Equal(t, want, service.Name)
		d := api.ConnectionDraft{Service: " " + name + " "}
		require.Equal(t, want, d.Normalised().Service)
	}
	for _, name := range []string{"", "ct.opentsdb", "opentsdb", "mysql", "DWS "} {
		require.Nil(t, api.FindConnectionService(name), name)
	}
}

func TestAWellFormedConnection(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*api.ConnectionDraft){
		"as it is":                    func(*api.ConnectionDraft) {},
		"with the longest name":       func(d *api.ConnectionDraft) { d.Name = strings.Repeat("a", 64) },
		"with ids in capitals":        func(d *api.ConnectionDraft) { d.NetworkID = strings.ToUpper(d.NetworkID) },
		"with an IPv6 address":        func(d *api.ConnectionDraft) { d.URL = "[2001:db8::1]:3306" },
		"with a name":                 func(d *api.ConnectionDraft) { d.URL = "My_DB.example.com:3306" },
		"with the cluster of old":     func(d *api.ConnectionDraft) { d.Cluster = "#SQL#" },
		"with several, where allowed": func(d *api.ConnectionDraft) { d.Service, d.URL = "ct", "zk1:2181,zk2:2181,zk3:2181" },
	} {
		d := wellFormed()
		change(&d)
		require.Empty(t, d.Problems(), name)
	}
	for _, service := range api.ConnectionServices {
		d := wellFormed()
		d.Service, d.URL = service.Name, service.Example
		require.Empty(t, d.Problems(), "the example of %s", service.Name)
	}
}

func TestEachProblemOfAConnectionAtItsField(t *testing.T) {
	t.Parallel()
	none := api.ConnectionDraft{}
	require.Equal(t, []string{
		"name connection.name_required", "service connection.service_required", "url connection.url_required",
		"security_group_id connection.security_group_required", "network_id connection.network_required",
	}, said(none.Problems()))
	for want, change := range map[string]func(*api.ConnectionDraft){
		"name connection.name_too_long":           func(d *api.ConnectionDraft) { d.Name = strings.Repeat("a", 65) },
		"name connection.name_form":               func(d *api.ConnectionDraft) { d.Name = "订单" },
		"name connection.name_space":              func(d *api.ConnectionDraft) { d.Name = "my orders" },
		"service connection.service_unknown":      func(d *api.ConnectionDraft) { d.Service = "Oracle\xff" },
		"url connection.url_too_long":             func(d *api.ConnectionDraft) { d.URL = strings.Repeat("a", 508) + ":3306" },
		"url connection.url_one":                  func(d *api.ConnectionDraft) { d.URL = "a:1,b:2" },
		"cluster_name connection.cluster_form":    func(d *api.ConnectionDraft) { d.Cluster = "a\x00" },
		"network_id connection.same_id":           func(d *api.ConnectionDraft) { d.NetworkID = strings.ToUpper(d.SecurityGroupID) },
		"network_id connection.network_vpc":       func(d *api.ConnectionDraft) { d.NetworkID = "vpc-default" },
		"network_id connection.network_name":      func(d *api.ConnectionDraft) { d.NetworkID = "subnet-1a2b" },
		"network_id connection.id_hyphens":        func(d *api.ConnectionDraft) { d.NetworkID = strings.ReplaceAll(d.NetworkID, "-", "") },
		"network_id connection.id_form":           func(d *api.ConnectionDraft) { d.NetworkID = d.NetworkID[:35] },
		"tags.0.value tag.value_required":         func(d *api.ConnectionDraft) { d.Tags[0].Value = "" },
		"security_group_id connection.id_hyphens": func(d *api.ConnectionDraft) { d.SecurityGroupID = strings.ReplaceAll(d.SecurityGroupID, "-", "") },
		"security_group_id connection.id_form":    func(d *api.ConnectionDraft) { d.SecurityGroupID += "0" },
		"security_group_id connection.security_group_name": func(d *api.ConnectionDraft) {
			d.SecurityGroupID = "sg-0a1b2c3d"
		},
	} {
		d := wellFormed()
		change(&d)
		require.Equal(t, []string{want}, said(d.Problems()))
	}
}

func TestWhatIsWrongWithAnAddressIsSaid(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                               "url_required",
		"db":                             "url_no_port db 3306",
		"db:":                            "url_no_port db 3306",
		"10.0.0.1":                       "url_no_port 10.0.0.1 3306",
		"db:0":                           "url_port 0",
		"db:65536":                       "url_port 65536",
		"db:mysql":                       "url_port mysql",
		"db:3306/orders":                 "url_path /orders",
		"db:3306?useSSL=true":            "url_path ?useSSL=true",
		"http://db:3306":                 "url_scheme http://",
		"HTTPS://db":                     "url_scheme HTTPS://",
		"jdbc:mysql://db:3306/orders":    "url_scheme jdbc:mysql://",
		"JDBC:oracle:thin:@db:1521":      "url_scheme JDBC:oracle:thin:",
		"//db:3306":                      "url_scheme //",
		"user:secret@db:3306":            "url_account",
		"db:3306 ":                       "url_space db:3306",
		" db:3306":                       "url_space db:3306",
		"db :3306":                       "url_space db :3306",
		"db：3306":                        "url_character ：",
		"数据库:3306":                       "url_character 数",
		"db:3306\u200b":                  "url_character U+200B",
		"db:3306;db2:3306":               "url_character ;",
		"2001:db8::1":                    "url_ipv6 [2001:db8::1]",
		"::1:80":                         "url_ipv6_port [::1]:80",
		"fe80::1:9200":                   "url_ipv6_port [fe80::1]:9200",
		"1:2:3:4:5:6:7:8:3306":           "url_ipv6_port [1:2:3:4:5:6:7:8]:3306",
		"1:2:3:4:5:6:7:3306":             "url_ipv6 [1:2:3:4:5:6:7:3306]",
		"2001:db8::1:ab":                 "url_ipv6 [2001:db8::1:ab]",
		"fe80::1%eth0:1":                 "url_host fe80::1%eth0:1",
		"256.1.1.1:3306":                 "url_host 256.1.1.1",
		"-db:3306":                       "url_host -db",
		":3306":                          "url_host ",
		"%64b:3306":                      "url_host %64b",
		"db\x00:3306":                    "url_character U+0000",
		"db\xff:3306":                    "url_character U+FFFD",
		strings.Repeat("a", 300) + ":1":  "url_host " + strings.Repeat("a", 63) + "…",
		"db:" + strings.Repeat("1", 300): "url_port " + strings.Repeat("1", 63) + "…",
	} {
		d := wellFormed()
		d.URL = url
		problems := d.Problems()
		require.Len(t, problems, 1, "%q", url)
		m := problems[0].Message
		got := strings.TrimPrefix(m.Key, "connection.")
		for _, name := range []string{"address", "port", "path", "scheme", "character", "host"} {
			if value, ok := m.Args[name]; ok {
				got += fmt.Sprintf(" %v", value)
			}
		}
		require.Equal(t, want, got, "%q", url)
		require.NotContains(t, fmt.Sprint(m.Args), "secret")
		require.Empty(t, api.ConnectionAddresses(url))
	}
}

func TestOfSeveralAddressesEachWrongOneIsSaid(t *testing.T) {
	t.Parallel()
	for url, want := range map[string][]string{
		"a:1,,b:2":        {"connection.url_gap"},
		"a:1,b:2,":        {"connection.url_gap"},
		"a:1, b:2":        {"connection.url_space"},
		"a:1，b:2":         {"connection.url_character"},
		"a:1,b,c:0":       {"connection.url_no_port", "connection.url_port"},
		"zk:2181,ZK:2181": {"connection.url_twice"},
		"zk:2181,zk:2182": nil,

		strings.Repeat("zk,", 16) + "zk":                                      {"connection.url_too_many"},
		"a:1,b:1,c:1,d:1,e:1,f:1,g:1,h:1,i:1,j:1,k:1,l:1,m:1,n:1,o:1,p:1":     nil,
		"a:1,b:1,c:1,d:1,e:1,f:1,g:1,h:1,i:1,j:1,k:1,l:1,m:1,n:1,o:1,p:1,q:1": {"connection.url_too_many"},
	} {
		d := wellFormed()
		d.Service, d.URL = "CloudTable", url
		var keys []string
		for _, p := range d.Problems() {
			require.Equal(t, "url", p.Path)
			keys = append(keys, p.Message.Key)
		}
		require.Equal(t, want, keys, url)
	}
	require.Equal(t, []string{"zk1:2181", "[::1]:2182"}, api.ConnectionAddresses("ZK1:02181,[::1]:2182,nonsense"))
}

func TestOneAddressAlone(t *testing.T) {
	t.Parallel()
	require.Zero(t, api.AddressProblem("db.example.com:3306"))
	require.Equal(t, "connection.url_no_port_at_all", api.AddressProblem("db.example.com").Key)
	require.Equal(t, "connection.url_character", api.AddressProblem("a:1,b:2").Key)
}

func FuzzAddressProblem(f *testing.F) {
	for _, text := range []string{"", "a:1", "[::1]", "jdbc:", "a:1,b", "\x00\xff", "[::1]:", "]:1", "@", "//", "：", "a%:1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := wellFormed()
		d.URL, d.NetworkID, d.Name, d.Service, d.Tags[0].Key = text, text, text, text, text
		d = d.Normalised()
		_ = d.Problems()
		d = wellFormed()
		d.Service, d.URL = "ct", text
		if len(d.Problems()) == 0 {
			require.NotEmpty(t, api.ConnectionAddresses(text))
		}
	})
}
