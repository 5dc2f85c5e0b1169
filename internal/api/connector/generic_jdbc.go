package connector

const databaseType = "linkConfig.databaseType"

// genericJDBC links relational databases. Source: spec/links.md §2.1; the
// console's example ports are our defaults. DM and MYCAT are tolerated as
// §6.15 says.
var genericJDBC = &Connector{
	Name:    "generic-jdbc-connector",
	Label:   Text{"Relational database", "关系型数据库"},
	Help:    Text{"A relational database or data warehouse, reached with a user name and a password.", "使用用户名和密码访问的关系型数据库或数据仓库。"},
	Variant: databaseType,
	Tiles: []Tile{
		{Slug: "mysql", Label: both("MySQL"), Group: Relational, Value: "MYSQL"},
		{Slug: "postgresql", Label: both("PostgreSQL"), Group: Relational, Value: "POSTGRESQL"},
		{Slug: "sqlserver", Label: both("Microsoft SQL Server"), Group: Relational, Value: "SQLSERVER"},
		{Slug: "oracle", Label: both("Oracle"), Group: Relational, Value: "ORACLE"},
		{Slug: "db2", Label: both("IBM Db2"), Group: Relational, Value: "DB2"},
		{Slug: "sap-hana", Label: both("SAP HANA"), Group: Relational, Value: "SAP HANA"},
		{Slug: "ddm", Label: Text{"Distributed Database Middleware (DDM)", "分布式数据库中间件 (DDM)"}, Group: Relational, Value: "DDM"},
		{Slug: "mycat", Label: both("MYCAT"), Group: Relational, Value: "MYCAT"},
		{Slug: "dm", Label: Text{"Dameng (DM)", "达梦数据库 (DM)"}, Group: Relational, Value: "DM"},
		{Slug: "dws", Label: Text{"Data Warehouse Service (DWS)", "数据仓库服务 (DWS)"}, Group: Warehouse, Value: "DWS"},
	},
	Inputs: append(jdbcServer, jdbcTuning...),
}

// jdbcServer says which database and as whom.
var jdbcServer = []Input{
	{
		Name: databaseType, Kind: Enum, Required: true, Endpoint: true,
		Label: Text{"Database type", "数据库类型"},
		Help:  Text{"Kind of database; it decides the driver and the usual port.", "数据库的类型，决定所用的驱动和默认端口。"},
		Choices: []Choice{
			{Value: "MYSQL", Label: both("MySQL")},
			{Value: "POSTGRESQL", Label: both("PostgreSQL")},
			{Value: "SQLSERVER", Label: both("Microsoft SQL Server")},
			{Value: "ORACLE", Label: both("Oracle")},
			{Value: "DB2", Label: both("IBM Db2")},
			{Value: "SAP HANA"},
			{Value: "DDM"},
			{Value: "MYCAT"},
			{Value: "DM", Label: Text{"Dameng (DM)", "达梦 (DM)"}},
			{Value: "DWS"},
		},
	},
	{
		Name: "linkConfig.host", Kind: Host, Required: true, Endpoint: true, Example: "db.example.com",
		Label: Text{"Host", "主机"},
		Help:  hostHelp,
	},
	{
		Name: "linkConfig.port", Kind: Port, Required: true, Endpoint: true,
		Label: portLabel,
		Help:  portHelp,
		Defaults: []Default{
			{is(databaseType, "MYSQL", "DDM"), "3306"},
			{is(databaseType, "POSTGRESQL"), "5432"},
			{is(databaseType, "SQLSERVER"), "1433"},
			{is(databaseType, "ORACLE"), "1521"},
			{is(databaseType, "DB2"), "50000"},
			{is(databaseType, "SAP HANA"), "30015"},
			{is(databaseType, "MYCAT"), "8066"},
			{is(databaseType, "DM"), "5236"},
			{is(databaseType, "DWS"), "8000"},
		},
	},
	{
		Name: "linkConfig.databaseconfig", Kind: Enum, Required: true, Default: "SERVICENAME",
		When:  []Term{is(databaseType, "ORACLE")},
		Label: Text{"Address the database by", "数据库连接方式"},
		Help:  Text{"Oracle databases are addressed by service name or by SID.", "Oracle 数据库通过服务名或 SID 连接。"},
		Choices: []Choice{
			{Value: "SERVICENAME", Label: Text{"Service name", "服务名"}},
			{Value: "SID"},
		},
	},
	{
		Name: "linkConfig.sidname", Kind: Name, Required: true, MaxLen: 128, Example: "ORCL",
		When:  []Term{is("linkConfig.databaseconfig", "SID")},
		Label: both("SID"),
		Help:  Text{"Identifier of the Oracle instance.", "Oracle 实例的标识。"},
	},
	{
		Name: "linkConfig.database", Kind: Name, Required: true, MaxLen: 128, Example: "orders",
		When:  []Term{not(is("linkConfig.databaseconfig", "SID"))},
		Label: Text{"Database", "数据库"},
		Help:  Text{"Name of the database; for Oracle, its service name.", "数据库的名称；Oracle 数据库请填写服务名。"},
	},
	userName("linkConfig.username"),
	password(),
	{
		Name: "linkConfig.useSSL", Kind: Bool, Default: "false",
		When:  []Term{is(databaseType, "MYSQL", "POSTGRESQL", "SQLSERVER", "DWS", "DDM")},
		Label: Text{"Encrypt the connection (TLS)", "加密传输 (TLS)"},
		Help:  Text{"Encrypts everything between the link and the database, which must support TLS.", "对连接与数据库之间的传输加密，数据库须支持 TLS。"},
	},
}
