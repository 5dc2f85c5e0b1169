package connector

// jdbcTuning says how data is read and written.
var jdbcTuning = []Input{
	{
		Name: "linkConfig.version", Kind: Enum, Advanced: true,
		When:  []Term{is(databaseType, "ORACLE")},
		Label: Text{"Oracle version", "Oracle 版本"},
		Help:  Text{"Version of the Oracle server, which decides the driver.", "Oracle 服务器的版本，决定所用的驱动。"},
		Choices: []Choice{
			{Value: "HIGH_VERSION", Label: Text{"Later than 12.1", "高于 12.1"}},
			{Value: "MED_VERSION", Label: both("12.1")},
			{Value: "LOW_VERSION", Label: Text{"Earlier than 12.1", "低于 12.1"}},
		},
	},
	{
		Name: "linkConfig.fetchSize", Kind: Int, Advanced: true, Example: "1000",
		Label: Text{"Rows per fetch", "一次请求行数"},
		Help:  Text{"How many rows are read from the database at a time.", "每次从数据库读取的行数。"},
	},
	{
		Name: "linkConfig.commitSize", Kind: Int, Advanced: true, Example: "10000",
		When:  []Term{is(databaseType, "MYSQL", "POSTGRESQL", "SQLSERVER", "ORACLE", "DWS")},
		Label: Text{"Rows per commit", "一次提交行数"},
		Help:  Text{"How many rows are written between two commits.", "每次提交写入的行数。"},
	},
	{
		Name: "linkConfig.usingNative", Kind: Bool, Advanced: true, Default: "false",
		When:  []Term{is(databaseType, "MYSQL", "MYCAT")},
		Label: Text{"Write with LOAD DATA", "使用本地 API（LOAD DATA）"},
		Help:  Text{"Writes with MySQL's LOAD DATA, which is faster; the server must allow local_infile.", "使用 MySQL 的 LOAD DATA 写入，速度更快；服务器须开启 local_infile。"},
	},
	{
		Name: "linkConfig.importMode", Kind: Enum, Advanced: true,
		When:  []Term{is(databaseType, "DWS")},
		Label: Text{"Load mode", "导入模式"},
		Help:  Text{"How rows are loaded; GDS is faster and needs port 25000 open from the DWS nodes.", "数据的导入方式；GDS 速度更快，但须允许 DWS 节点访问 25000 端口。"},
		Choices: []Choice{
			{Value: "COPY", Label: Text{"COPY: over JDBC", "COPY：通过 JDBC 复制"}},
			{Value: "GDS", Label: Text{"GDS: pulled by the DWS nodes", "GDS：由 DWS 节点并行拉取"}},
		},
	},
	{
		Name: "linkConfig.isRds", Kind: Bool, Advanced: true, Default: "false",
		Label: Text{"Cloud RDS instance", "云数据库 RDS 实例"},
		Help:  Text{"Whether the database is an RDS instance of the cloud.", "数据库是否为云上的 RDS 实例。"},
	},
	{
		Name: "linkConfig.useAgent", Kind: Bool, Advanced: true, Default: "false",
		Label: Text{"Read through an agent", "通过 Agent 读取"},
		Help:  Text{"Reaches the database through an agent in its network; the cloud is withdrawing agents.", "通过数据库所在网络中的 Agent 访问数据库；云服务正逐步下线 Agent。"},
	},
	{
		Name: "linkConfig.createBackendLinks", Kind: Bool, Advanced: true, Default: "false",
		When:  []Term{is(databaseType, "MYCAT")},
		Label: Text{"Create back-end links", "创建后端连接"},
		Help:  Text{"Also creates links to the databases behind MYCAT.", "同时创建到 MYCAT 后端数据库的连接。"},
	},
	{
		Name: "linkConfig.jdbcProperties", Kind: Map, Advanced: true, Keys: jdbcKeys,
		Label: Text{"JDBC properties", "连接属性"},
		Help:  Text{"Extra properties for the JDBC driver, such as socketTimeout; the field offers those that are allowed.", "传给 JDBC 驱动的附加属性，例如 socketTimeout；输入名称时会列出支持的属性。"},
	},
	{
		Name: "dialect.identifierEnclose", Kind: String, Advanced: true, MaxLen: 5,
		Label: Text{"Identifier quote", "引用符号"},
		Help:  Text{"Character around table and column names: usually ` for MySQL and \" for Oracle and PostgreSQL.", "表名和列名两侧的引用符号：MySQL 通常为 `，Oracle 和 PostgreSQL 通常为 \"。"},
	},
}
