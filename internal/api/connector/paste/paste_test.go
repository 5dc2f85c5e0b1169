package paste_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/api/connector/paste"
	"switchboard/internal/locale"
)

// reading is one line of the specification: a text, what becomes of it, and
// what is ignored. What it becomes is the tile and then "input=value" in form
// order, secrets too, without the input that the tile itself decides. What is
// ignored is "part reason" or, where an input is named, "input: reason".
type reading struct {
	text, want string
	ignored    []string
}

func ignored(lines ...string) []string { return lines }

func requireReadings(t *testing.T, readings []reading) {
	t.Helper()
	for _, tc := range readings {
		t.Run(tc.text, func(t *testing.T) {
			t.Parallel()
			r, err := paste.Read(tc.text)
			require.NoError(t, err)
			require.Equal(t, tc.want, show(r))
			require.Equal(t, tc.ignored, showIgnored(r))
			requireSound(t, r)
			requireNoSecretTold(t, r)
		})
	}
}

func short(path string) string { return strings.TrimPrefix(path, "linkConfig.") }

func show(r paste.Result) string {
	parts := []string{r.Tile.Slug}
	for _, in := range r.Connector.Inputs {
		value, ok := r.Values[in.Name]
		if s, secret := r.Secrets[in.Name]; secret {
			value, ok = s.Reveal(), true
		}
		if ok && in.Name != r.Connector.Variant {
			parts = append(parts, short(in.Name)+"="+value)
		}
	}
	return strings.Join(parts, " ")
}

func showIgnored(r paste.Result) []string {
	var lines []string
	for _, n := range r.Ignored {
		why := strings.TrimPrefix(n.Why.Key, "paste.")
		switch {
		case n.Input != nil:
			lines = append(lines, short(n.Input.Name)+": "+why)
		case n.Part != "":
			lines = append(lines, n.Part+" "+why)
		default:
			lines = append(lines, why)
		}
	}
	return lines
}

// requireSound: the catalogue itself finds nothing wrong, beyond what is
// missing; everything is canonical; everything is told once.
func requireSound(t *testing.T, r paste.Result) {
	t.Helper()
	require.NotNil(t, r.Connector)
	require.Contains(t, r.Connector.Tiles, *r.Tile)
	require.Equal(t, r.Tile, r.Connector.TileOf(r.Values))
	require.Equal(t, r.Values, r.Connector.Normalise(r.Values))
	for _, f := range r.Connector.Faults(r.Values, func(path string) bool { return !r.Secrets[path].IsZero() }) {
		require.Equal(t, "input.required", f.Key, f.Path)
	}
	told := map[string]bool{}
	for _, n := range r.Understood {
		require.NotNil(t, n.Input)
		require.True(t, n.Why.IsZero())
		told[n.Input.Name] = true
	}
	for path, value := range r.Values {
		_, f := r.Connector.Input(path).Judge(value)
		require.Nil(t, f, "%s=%s", path, value)
		require.False(t, r.Connector.Input(path).Secret)
		require.True(t, told[path], path)
	}
	for path, secret := range r.Secrets {
		in := r.Connector.Input(path)
		require.True(t, in.Secret)
		_, f := in.Judge(secret.Reveal())
		require.Nil(t, f, path)
		require.True(t, told[path], path)
	}
	require.Len(t, told, len(r.Values)+len(r.Secrets))
}

// sentences are everything that people are told, in both languages.
func sentences(t *testing.T, r paste.Result) string {
	t.Helper()
	var all []string
	for _, n := range slices.Concat(r.Understood, r.Ignored) {
		for _, lang := range locale.Languages {
			text := locale.In(lang, n.Message(lang))
			require.NotEmpty(t, text)
			require.NotContains(t, text, "<no value>")
			require.False(t, strings.HasPrefix(text, "["), text)
			all = append(all, text)
		}
	}
	return strings.Join(all, "\n")
}

func requireNoSecretTold(t *testing.T, r paste.Result) {
	t.Helper()
	told := sentences(t, r)
	for _, secret := range r.Secrets {
		require.NotContains(t, told, secret.Reveal())
	}
}

func TestJDBCURLs(t *testing.T) {
	t.Parallel()
	requireReadings(t, []reading{
		{"jdbc:mysql://db.example.com:3306/orders", "mysql host=db.example.com port=3306 database=orders", nil},
		{"jdbc:mysql://db/orders?user=ada&password=hunter2", "mysql host=db database=orders username=ada password=hunter2", nil},
		{"JDBC:MySQL://DB.Example.com./", "mysql host=db.example.com", nil},
		{"jdbc:mysql://ada:hunter2@db:3307/orders", "mysql host=db port=3307 database=orders username=ada password=hunter2", nil},
		{"jdbc:mysql://ada:hunter%402@db/orders", "mysql host=db database=orders username=ada password=hunter@2", nil},
		{"jdbc:mariadb://[::1]:3306/orders", "mysql host=::1 port=3306 database=orders", nil},
		{"jdbc:mysql:loadbalance://a:3306,b:3307/orders", "mysql host=a port=3306 database=orders", ignored("host: more_servers")},
		{"jdbc:mysql://db/orders?useSSL=false&serverTimezone=GMT%2B8&characterEncoding=utf8", `mysql host=db database=orders useSSL=false jdbcProperties={"characterEncoding":"utf8","serverTimezone":"GMT+8"}`, nil},
		{"jdbc:mysql://db/orders?sslMode=VERIFY_CA&connecttimeout=5", `mysql host=db database=orders useSSL=true jdbcProperties={"connectTimeout":"5","sslMode":"VERIFY_CA"}`, nil},
		{"jdbc:mysql://db/orders?sslMode=PREFERRED", "mysql host=db database=orders", ignored("sslMode undecided")},
		{
			"jdbc:mysql://db/orders?allowLoadLocalInfile=true&auto%44eserialize=true&trustCertificateKeyStorePassword=hunter2&socketTimeout=soon&queryInterceptors=com.example.Evil", "mysql host=db database=orders",
			ignored("allowLoadLocalInfile not_allowed", "autoDeserialize not_allowed", "trustCertificateKeyStorePassword not_allowed", "socketTimeout input.map_value_integer", "queryInterceptors not_allowed"),
		},
		{"jdbc:mysql://db/orders?user=ada&amp;useSSL=true", "mysql host=db database=orders username=ada useSSL=true", nil},
		{"jdbc:mysql://db/a%3Fb=c", "mysql host=db", ignored("database: input.name")},
		{"jdbc:mysql://db_1:port/orders", "mysql host=db_1 database=orders", ignored("port: input.port")},
		{"spring.datasource.url=jdbc:mysql://db:3306/orders", "mysql host=db port=3306 database=orders", nil},
		{`String url = "jdbc:mysql://db:3306/orders";`, "mysql host=db port=3306 database=orders", nil},
		{"jdbc:mysql://${DB_HOST}:3306/orders?password=${DB_PASSWORD}&socketTimeout=${T}", "mysql database=orders", ignored("socketTimeout variable", "host: reference", "password: reference")},

		{"jdbc:postgresql://db:5432/orders?user=ada&password=hunter2&ssl=true", "postgresql host=db port=5432 database=orders username=ada password=hunter2 useSSL=true", nil},
		{"jdbc:postgresql://a,b:5433/orders?targetServerType=primary", `postgresql host=a database=orders jdbcProperties={"targetServerType":"primary"}`, ignored("host: more_servers")},
		{"jdbc:postgresql:orders", "postgresql database=orders", nil},
		{"jdbc:postgresql://db/orders?sslmode=verify-full&sslrootcert=/etc/ca.pem&socketFactory=x.Y&ApplicationName=cdm", `postgresql host=db database=orders useSSL=true jdbcProperties={"ApplicationName":"cdm","sslmode":"verify-full"}`, ignored("sslrootcert not_allowed", "socketFactory not_allowed")},
		{"jdbc:gaussdb://dws:8000/orders?batchMode=on", `dws host=dws port=8000 database=orders jdbcProperties={"batchMode":"on"}`, nil},
		{"jdbc:kingbase8://db:54321/orders", "postgresql host=db port=54321 database=orders", nil},
		{"jdbc:opengauss://db:5432/orders", "postgresql host=db port=5432 database=orders", nil},

		{"jdbc:sqlserver://db:1433;databaseName=orders;user=ada;password={hunter;}}2};encrypt=true;trustServerCertificate=true", "sqlserver host=db port=1433 database=orders username=ada password=hunter;}2 useSSL=true", ignored("trustServerCertificate not_allowed")},
		{`jdbc:sqlserver://db\SQLEXPRESS;database=orders;loginTimeout=5`, `sqlserver host=db database=orders jdbcProperties={"loginTimeout":"5"}`, ignored("SQLEXPRESS instance")},
		{`jdbc:sqlserver://db\inst:1433;applicationName=CDM loader`, `sqlserver host=db port=1433 jdbcProperties={"applicationName":"CDM loader"}`, nil},
		{"jdbc:sqlserver://;serverName=db;portNumber=1444;databaseName=orders", "sqlserver host=db port=1444 database=orders", nil},
		{"jdbc:jtds:sqlserver://db:1433/orders;user=ada", "sqlserver host=db port=1433 database=orders username=ada", nil},

		{"jdbc:db2://db:50000/ORDERS:user=ada;password=hunter2;currentSchema=SALES;traceFile=/tmp/x;", `db2 host=db port=50000 database=ORDERS username=ada password=hunter2 jdbcProperties={"currentSchema":"SALES"}`, ignored("traceFile not_allowed")},
		{"jdbc:sap://hana:30015/?databaseName=HXE&user=ada&encrypt=true&validateCertificate=false", `sap-hana host=hana port=30015 database=HXE username=ada jdbcProperties={"encrypt":"true"}`, ignored("validateCertificate input.map_value_choice")},
		{"jdbc:sap://a:30015;b:30015/", "sap-hana host=a port=30015", ignored("host: more_servers")},
		{"jdbc:dm://db:5236/ORDERS?compatibleMode=oracle", `dm host=db port=5236 database=ORDERS jdbcProperties={"compatibleMode":"oracle"}`, nil},
	})
}

func TestOracle(t *testing.T) {
	t.Parallel()
	requireReadings(t, []reading{
		{"jdbc:oracle:thin:@db:1521:ORCL", "oracle host=db port=1521 databaseconfig=SID sidname=ORCL", nil},
		{"jdbc:oracle:thin:@//db:1521/orders.example.com", "oracle host=db port=1521 databaseconfig=SERVICENAME database=orders.example.com", nil},
		{"jdbc:oracle:thin:@db:1521/orders", "oracle host=db port=1521 databaseconfig=SERVICENAME database=orders", nil},
		{"jdbc:oracle:thin:@db/orders:dedicated/orcl1", "oracle host=db databaseconfig=SERVICENAME database=orders", nil},
		{"jdbc:oracle:thin:scott/hunter2@//db:1521/orders", "oracle host=db port=1521 databaseconfig=SERVICENAME database=orders username=scott password=hunter2", nil},
		{`jdbc:oracle:oci:scott/"hunter@2"@db:1521/orders`, "oracle host=db port=1521 databaseconfig=SERVICENAME database=orders username=scott password=hunter@2", nil},
		{"jdbc:oracle:thin:@tcps://db:2484/orders?oracle.net.wallet_location=/w&oracle.jdbc.ReadTimeout=5", `oracle host=db port=2484 databaseconfig=SERVICENAME database=orders jdbcProperties={"oracle.jdbc.ReadTimeout":"5"}`, ignored("tcps no_input", "oracle.net.wallet_location not_allowed")},
		{"jdbc:oracle:thin:@ldap://ldap:389/orders,cn=x", "oracle", ignored("ldap not_allowed")},
		{"jdbc:oracle:thin:@ORDERS?TNS_ADMIN=/etc", "oracle", ignored("alias", "TNS_ADMIN not_allowed")},
		{
			"jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=a)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=orders)))",
			"oracle host=a port=1521 databaseconfig=SERVICENAME database=orders", nil,
		},
		{
			"ORDERS =\n  (DESCRIPTION =\n    (LOAD_BALANCE = on)\n    (ADDRESS_LIST = (ADDRESS = (PROTOCOL = TCPS)(HOST = a)(PORT = 1521))\n      (ADDRESS = (PROTOCOL = TCP)(HOST = b)(PORT = 1522)))\n    (CONNECT_DATA = (SERVER = DEDICATED)(SID = ORCL)))",
			"oracle host=a port=1521 databaseconfig=SID sidname=ORCL", ignored("LOAD_BALANCE not_needed", "tcps no_input", "SERVER not_needed", "host: more_servers"),
		},
		{"(DESCRIPTION=(ADDRESS=(HOST=a", "oracle", nil},
		{"oracle://scott:hunter2@db:1521/orders", "oracle host=db port=1521 databaseconfig=SERVICENAME database=orders username=scott password=hunter2", nil},
		{"oracle+oracledb://scott:hunter2@db:1521/?service_name=orders", "oracle host=db port=1521 databaseconfig=SERVICENAME database=orders username=scott password=hunter2", nil},
		{"oracle://scott:hunter2@db:1521?SID=ORCL", "oracle host=db port=1521 databaseconfig=SID sidname=ORCL username=scott password=hunter2", nil},
		{"scott/hunter2@//db:1521/orders", "oracle host=db port=1521 databaseconfig=SERVICENAME database=orders username=scott password=hunter2", nil},
		{"scott/hunter2@db:1521:ORCL", "oracle host=db port=1521 databaseconfig=SID sidname=ORCL username=scott password=hunter2", nil},
		{"sqlplus scott/hunter2@//db:1521/orders", "oracle host=db port=1521 databaseconfig=SERVICENAME database=orders username=scott password=hunter2", nil},
		{"sqlplus -S scott/hunter2@db:1521/orders as sysdba", "oracle host=db port=1521 databaseconfig=SERVICENAME database=orders username=scott password=hunter2", ignored("-S not_needed", "words")},
		{"sqlplus scott@'(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=db)(PORT=1521))(CONNECT_DATA=(SID=ORCL)))'", "oracle host=db port=1521 databaseconfig=SID sidname=ORCL username=scott", nil},
		{"sqlplus scott@ORDERS", "oracle username=scott", ignored("alias")},
		{"sqlplus scott/$PW@//db:1521/orders", "oracle host=db port=1521 databaseconfig=SERVICENAME database=orders username=scott", ignored("password: reference")},
		{"sqlplus /nolog", "oracle", nil},
		{"sqlplus scott", "oracle username=scott", nil},
	})
}

func TestURLs(t *testing.T) {
	t.Parallel()
	requireReadings(t, []reading{
		{"mysql://ada:hunter2@db:3307/orders?ssl-mode=REQUIRED&charset=utf8mb4", "mysql host=db port=3307 database=orders username=ada password=hunter2 useSSL=true", ignored("charset not_needed")},
		{"mysql+pymysql://ada:hunter2@db/orders", "mysql host=db database=orders username=ada password=hunter2", nil},
		{"postgres://ada:hunter2@db:5432/orders?sslmode=disable&application_name=x", "postgresql host=db port=5432 database=orders username=ada password=hunter2 useSSL=false", ignored("application_name not_needed")},
		{"postgresql://a:5432,b:5432/orders", "postgresql host=a port=5432 database=orders", ignored("host: more_servers")},
		{`export DATABASE_URL="postgres://ada:hunter2@db/orders"`, "postgresql host=db database=orders username=ada password=hunter2", nil},
		{"DATABASE_URL: 'postgres://ada:hunter2@db/orders',", "postgresql host=db database=orders username=ada password=hunter2", nil},
		{"sqlserver://ada:hunter2@db:1433?database=orders&encrypt=disable", "sqlserver host=db port=1433 database=orders username=ada password=hunter2 useSSL=false", nil},
		{"gaussdb://ada@dws:8000/orders", "dws host=dws port=8000 database=orders username=ada", nil},
		{"hdb://ada:hunter2@hana:39013?databaseName=HXE", "sap-hana host=hana port=39013 database=HXE username=ada password=hunter2", nil},
		{"dm://SYSDBA:hunter2@db:5236", "dm host=db port=5236 username=SYSDBA password=hunter2", nil},

		{"mongodb://ada:hunter2@a:27017,b/orders?replicaSet=rs0&tls=true", "mongodb serverList=a:27017;b:27017 database=orders userName=ada password=hunter2", ignored("replicaSet not_needed", "tls no_input")},
		{"mongodb+srv://ada:hunter2@cluster0.example.net/orders", "mongodb database=orders userName=ada password=hunter2", ignored("srv")},
		{"redis://:hunter2@cache:6380/3", "redis serverlist=cache:6380 password=hunter2 dbIndex=3", nil},
		{"rediss://default:hunter2@cache", "redis serverlist=cache:6379 password=hunter2", ignored("TLS no_input", "user no_input")},
		{"redis://a:6379,b:6379", "redis deploymentMode=Cluster serverlist=a:6379;b:6379", nil},
		{"redis://cache/99", "redis serverlist=cache:6379", ignored("dbIndex: input.range")},

		{"hdfs://10.0.0.1:8020/user/hive", "apache-hdfs uri=hdfs://10.0.0.1:8020", ignored("path not_needed")},
		{"hdfs://ada:hunter2@nn", "apache-hdfs uri=hdfs://nn", ignored("user: inapplicable", "password: inapplicable")},
		{"thrift://ada@a", "apache-hive hiveMsUris=thrift://a:9083", ignored("user: inapplicable")},
		{"viewfs://cluster", "apache-hdfs uri=viewfs://cluster", nil},
		{"thrift://a:9083,thrift://b", "apache-hive hiveMsUris=thrift://a:9083,thrift://b:9083", nil},
		{"kafka://a:9092,b:9093/orders", "apache-kafka brokerList=a:9092,b:9093", ignored("path not_needed")},
		{"zookeeper://a:2181,b/hbase", "apache-hbase zookeeperQuorum=a:2181,b:2181", ignored("path not_needed")},

		{"ftp://ada:hunter2@files:2121/in", "ftp server=files port=2121 username=ada password=hunter2", ignored("path not_needed")},
		{"ftps://files", "ftp server=files", ignored("TLS no_input")},
		{"sftp://ada:hunter2@files:2222", "sftp server=files port=2222 username=ada password=hunter2", nil},
		{"ssh://ada@files", "sftp server=files username=ada", nil},
		{"smb://CORP;ada:hunter2@nas/share/in", `nas protocol=SMB server=//nas/share/in username=CORP\ada password=hunter2`, nil},
		{"nfs://nas/export/in", "nas protocol=NFS server=nas:/export/in", nil},
		{`\\nas\share`, `nas protocol=SMB server=\\nas\share`, nil},
		{"//nas/share", "nas protocol=SMB server=//nas/share", nil},
		{"nas.example.com:/export", "nas protocol=NFS server=nas.example.com:/export", nil},

		{"s3://orders/2026", "s3", ignored("bucket not_needed")},
		{"s3a://AKIDEXAMPLE:hunter2@orders", "s3 accessKey=AKIDEXAMPLE securityKey=hunter2", ignored("bucket not_needed")},
		{"cosn://orders", "kodo-cos", ignored("bucket not_needed")},
		{"obs://orders", "obs", ignored("bucket not_needed")},
		{"https://obs.cn-north-4.myhuaweicloud.com", "obs server=obs.cn-north-4.myhuaweicloud.com port=443", nil},
		{"http://orders.obs.cn-north-4.myhuaweicloud.com:8080/x", "obs server=orders.obs.cn-north-4.myhuaweicloud.com port=8080", ignored("path not_needed")},
		{"https://oss-cn-hangzhou.aliyuncs.com", "oss ossEndpoint=https://oss-cn-hangzhou.aliyuncs.com", nil},
		{"https://dis.cn-north-4.myhuaweicloud.com", "dis endpoint=https://dis.cn-north-4.myhuaweicloud.com", nil},
		{"http://elastic:hunter2@search:9200/orders", "elasticsearch host=search:9200 safemode=true user=elastic password=hunter2", ignored("path not_needed")},
		{"https://search:9200", "elasticsearch host=search:9200", ignored("https no_input")},
		{"http://tsdb:4242", "opentsdb openTSDBQuorum=tsdb:4242", nil},
		{"https://www.example.com/orders.csv?x=1", "http", ignored("URL not_needed")},

		{"10.0.0.1:9092,10.0.0.2:9092", "apache-kafka brokerList=10.0.0.1:9092,10.0.0.2:9092", nil},
		{"zk1:2181,zk2:2181/hbase", "apache-hbase zookeeperQuorum=zk1:2181,zk2:2181", ignored("path not_needed")},
		{"a:6379;b:6379", "redis deploymentMode=Cluster serverlist=a:6379;b:6379", nil},
		{"[::1]:5432", "postgresql host=::1 port=5432", nil},
	})
}

func TestPasswordsThatNobodyEscaped(t *testing.T) {
	t.Parallel()
	requireReadings(t, []reading{
		{"mysql://ada:hunter@2@db/orders", "mysql host=db database=orders username=ada password=hunter@2", nil},
		{"mysql://ada:hunter#2@db/orders", "mysql host=db database=orders username=ada password=hunter#2", nil},
		{"mysql://ada:hunter/2@db:3306/orders", "mysql host=db port=3306 database=orders username=ada password=hunter/2", nil},
		{"mysql://ada:hunter?2@db:3306/orders?ssl=true", "mysql host=db port=3306 database=orders username=ada password=hunter?2 useSSL=true", nil},
		{"mysql://ada:hunter%zz2@db/orders", "mysql host=db database=orders username=ada password=hunter%zz2", nil},
		{"mysql://ada:hunter:2@db/orders", "mysql host=db database=orders username=ada password=hunter:2", nil},
		{"mysql://db/orders?user=ada&password=hunter&2", "mysql host=db database=orders username=ada password=hunter", ignored("unreadable")},
		{"mysql://<user>:<password>@db/orders", "mysql host=db database=orders", ignored("username: reference", "password: reference")},
		{"postgres://ada:hunter\t2@db/orders", "postgresql host=ada", ignored("rest", "port: input.port")},
	})
}

func TestConnectionStrings(t *testing.T) {
	t.Parallel()
	requireReadings(t, []reading{
		{"ada:hunter2@tcp(db:3306)/orders?tls=true&parseTime=true", "mysql host=db port=3306 database=orders username=ada password=hunter2 useSSL=true", ignored("parseTime not_needed")},
		{"ada:hun(ter@2@tcp([::1]:3306)/orders", "mysql host=::1 port=3306 database=orders username=ada password=hun(ter@2", nil},
		{"mysql://ada:hunter2@tcp(db:3306)/orders", "mysql host=db port=3306 database=orders username=ada password=hunter2", nil},
		{" ada :hunter2@tcp( db )/ orders ", "mysql host=db database=orders username=ada password=hunter2", nil},
		{"ada@unix(/run/mysql.sock)/orders", "mysql database=orders username=ada", ignored("unix not_allowed")},

		{"host=db port=5432 dbname=orders user=ada password=hunter2 sslmode=require connect_timeout=10", "postgresql host=db port=5432 database=orders username=ada password=hunter2 useSSL=true", ignored("connect_timeout not_needed")},
		{`host = 'db' dbname=orders password='hun\'ter 2'`, "postgresql host=db database=orders password=hun'ter 2", nil},
		{"hostaddr=10.0.0.1 host=a,b dbname=orders", "postgresql host=a database=orders", ignored("hostaddr not_needed", "host: more_servers")},

		{"Server=tcp:db.example.com,1433;Initial Catalog=orders;User ID=ada;Password=hunter2;Encrypt=True;TrustServerCertificate=False", "sqlserver host=db.example.com port=1433 database=orders username=ada password=hunter2 useSSL=true", ignored("TrustServerCertificate not_allowed")},
		{`Data Source=db\SQLEXPRESS;Database=orders;Integrated Security=SSPI`, "sqlserver host=db database=orders", ignored("SQLEXPRESS instance", "Integrated Security not_needed")},
		{`Driver={ODBC Driver 17 for SQL Server};Server=db;Database=orders;UID=ada;PWD={hunter;2}`, "sqlserver host=db database=orders username=ada password=hunter;2", ignored("Driver not_needed")},
		{`Server=db;Port=3306;Database=orders;Uid=ada;Pwd="hunter;2";SslMode=Required`, "mysql host=db port=3306 database=orders username=ada password=hunter;2 useSSL=true", nil},
		{"Host=db;Port=5432;Username=ada;Password=hunter2;Database=orders;SSL Mode=Require", "postgresql host=db port=5432 database=orders username=ada password=hunter2 useSSL=true", nil},
		{"host=db;port=5432;username=ada;password=hunter2", "postgresql host=db port=5432 username=ada password=hunter2", nil},
		{"Driver={PostgreSQL Unicode};Server=db;Port=5432;Database=orders;", "postgresql host=db port=5432 database=orders", ignored("Driver not_needed")},
		{"Data Source=//db:1521/orders;User Id=ada;Password=hunter2", "oracle host=db port=1521 databaseconfig=SERVICENAME database=orders username=ada password=hunter2", nil},
		{"Data Source=(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=db)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=orders)));User Id=ada;Password=hunter2;", "oracle host=db port=1521 databaseconfig=SERVICENAME database=orders username=ada password=hunter2", nil},
		{"DATABASE=ORDERS;HOSTNAME=db;PORT=50000;PROTOCOL=TCPIP;UID=ada;PWD=hunter2", "db2 host=db port=50000 database=ORDERS username=ada password=hunter2", ignored("PROTOCOL not_needed")},
		{"Server=hana:30015;UserName=ada;Password=hunter2", "sap-hana host=hana port=30015 username=ada password=hunter2", nil},
		{"DRIVER={HDBODBC};SERVERNODE=hana:30015;UID=ada;PWD=hunter2", "sap-hana host=hana port=30015 username=ada password=hunter2", ignored("DRIVER not_needed")},
		{"Server=db;Database=orders;Password=hunter;2", "sqlserver host=db database=orders password=hunter", ignored("unreadable")},
	})
}

func TestWhatNoLinkIs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]api.Message{
		"":                                api.M("paste.empty"),
		" \n\t":                           api.M("paste.empty"),
		strings.Repeat("x", 8<<10+1):      api.M("paste.too_long", "max", 8),
		"hello":                           api.M("paste.unrecognised"),
		"SELECT * FROM users":             api.M("paste.unrecognised"),
		"rm -rf /":                        api.M("paste.unrecognised"),
		"user=ada password=hunter2":       api.M("paste.unrecognised"),
		"a=b;c=d":                         api.M("paste.unrecognised"),
		"db.example.com:12345":            api.M("paste.unrecognised"),
		"PGPASSWORD=hunter2":              api.M("paste.unrecognised"),
		"mc ls prod":                      api.M("paste.unrecognised"),
		"curl":                            api.M("paste.unrecognised"),
		"jdbc:":                           api.M("paste.unrecognised"),
		"jdbc:h2:mem:x;INIT=RUNSCRIPT":    api.M("paste.unsupported", "name", "jdbc:h2"),
		"jdbc:hive2://h:10000/default":    api.M("paste.hive2"),
		"hive2://h:10000":                 api.M("paste.hive2"),
		"beeline -u jdbc:hive2://h:10000": api.M("paste.hive2"),
		"clickhouse://ada:hunter2@h/x":    api.M("paste.unsupported", "name", "clickhouse"),
		"file:///etc/passwd":              api.M("paste.unsupported", "name", "file"),
		"mysql -u ada -p'hunter2":         api.M("paste.unclosed_quote"),
		`psql "host=db`:                   api.M("paste.unclosed_quote"),
		"mysql -p$(cat /etc/passwd":       api.M("paste.unclosed_quote"),
		"it's a sentence":                 api.M("paste.unrecognised"),
	} {
		_, err := paste.Read(text)
		require.Error(t, err, "%q", text)
		e, ok := errors.AsType[*api.Error](err)
		require.True(t, ok)
		require.Equal(t, api.Invalid, e.Code)
		require.Equal(t, want, e.Message, "%q", text)
		for _, lang := range locale.Languages {
			require.NotContains(t, locale.In(lang, e.Message), "hunter2")
		}
	}
}

func TestEveryTileThatCanBeRecognisedIs(t *testing.T) {
	t.Parallel()
	// The others are asked for by name only: nothing that people copy tells
	// them from their neighbours.
	byNameOnly := []string{"ddm", "mrs-hdfs", "fusioninsight-hdfs", "mrs-hbase", "fusioninsight-hbase", "cloudtable", "mrs-hive", "fusioninsight-hive",
		"mrs-kafka", "dms-kafka", "dms-kafka-basic", "css", "dli"}
	found := map[string]bool{}
	for _, text := range append(seeds(), "10.0.0.1:8066") {
		if r, err := paste.Read(text); err == nil {
			found[r.Tile.Slug] = true
		}
	}
	for _, c := range connector.All {
		for _, tile := range c.Tiles {
			require.NotEqual(t, slices.Contains(byNameOnly, tile.Slug), found[tile.Slug], tile.Slug)
		}
	}
}

func TestNotesAreSentences(t *testing.T) {
	t.Parallel()
	r, err := paste.Read("mysql -h db -P 99999 -u ada -phunter2 --ssl-mode=REQUIRED --local-infile --what=x orders | less")
	require.NoError(t, err)
	var told []string
	for _, n := range append(r.Understood, r.Ignored...) {
		told = append(told, locale.In("en", n.Message("en")))
	}
	require.Equal(t, []string{
		"Database type: MYSQL", "Host: db", "Database: orders", "User name: ada", "Password: taken over, and not shown", "Encrypt the connection (TLS): true",
		"“--local-infile”: not allowed here.", "“--what”: unknown.", "What follows the first connection was not read.", "Port: Enter a port between 1 and 65535.",
	}, told)
	require.Equal(t, "端口：请输入 1 到 65535 之间的端口号。", locale.In("zh", r.Ignored[3].Message("zh")))
}

func TestAHostileTextIsToldOfBriefly(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("mysql://db/orders?")
	for i := range 1000 {
		b.WriteString("k" + strings.Repeat("x", i%60) + "&k" + strings.Repeat("y", i%50) + "=1&")
		if b.Len() > 8000 {
			break
		}
	}
	r, err := paste.Read(b.String()[:8000])
	require.NoError(t, err)
	require.Len(t, r.Ignored, 50)
}

func TestMapsAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	first, err := paste.Read("mysql://ada:hunter2@db/orders")
	require.NoError(t, err)
	before := maps.Clone(first.Values)
	second, err := paste.Read("mysql://ada:hunter2@db/orders")
	require.NoError(t, err)
	clear(second.Values)
	clear(second.Secrets)
	require.Equal(t, before, first.Values)
	require.Len(t, first.Secrets, 1)
}
