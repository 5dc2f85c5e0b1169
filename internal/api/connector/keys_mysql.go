package connector

// mysqlKeys are of MySQL Connector/J, which DDM and MYCAT are reached with, too;
// mysql.bool.type.transform is the cloud's own. Left out on purpose:
// allowLoadLocalInfile, allowUrlInLocalInfile, autoDeserialize, everything that
// names a class (interceptors, factories, plugins, loggers, translators), key
// stores, useConfigs, allowPublicKeyRetrieval, verifyServerCertificate.
var mysqlKeys = []Key{
	integer("connectTimeout", "Milliseconds to wait for a connection.", "等待建立连接的时间，单位为毫秒。"),
	integer("socketTimeout", "Milliseconds to wait for data.", "等待数据的时间，单位为毫秒。"),
	flag("useCursorFetch", "Reads results in portions, through a cursor.", "通过游标分批读取结果。"),
	flag("tinyInt1isBit", "Reads TINYINT(1) as a bit.", "将 TINYINT(1) 作为 BIT 读取。"),
	flag("mysql.bool.type.transform", "Reads TINYINT(1) as true or false.", "将 TINYINT(1) 作为布尔值读取。"),
	words("serverTimezone", "Time zone of the server, such as Asia/Shanghai.", "服务器的时区，例如 Asia/Shanghai。"),
	oneOf("zeroDateTimeBehavior", "What the date 0000-00-00 is read as.", "日期 0000-00-00 的处理方式。", "CONVERT_TO_NULL", "EXCEPTION", "ROUND", "convertToNull"),
	flag("rewriteBatchedStatements", "Joins the rows of a batch in one statement.", "将批量语句合并为一条语句执行。"),
	words("characterEncoding", "Character set of the connection, such as UTF-8.", "连接的字符集，例如 UTF-8。"),
	flag("useUnicode", "Sends text in Unicode.", "使用 Unicode 传输文本。"),
	words("connectionCollation", "Collation of the connection, such as utf8mb4_general_ci.", "连接的排序规则，例如 utf8mb4_general_ci。"),
	flag("useCompression", "Compresses what is sent.", "压缩传输的数据。"),
	oneOf("sslMode", "How strictly the connection is encrypted and the server verified.", "连接的加密方式和服务器校验方式。", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"),
	oneOf("requireSSL", "Refuses connections without TLS.", "拒绝未使用 TLS 的连接。", "true"),
	words("connectionTimeZone", "Time zone in which times are sent.", "传输时间值所用的时区。"),
	flag("forceConnectionTimeZoneToSession", "Sets the session's time zone, too.", "同时设置会话的时区。"),
	flag("useLegacyDatetimeCode", "Converts times as old drivers did.", "按旧版驱动的方式转换时间。"),
	flag("useTimezone", "Converts times between the client's and the server's time zone.", "在客户端与服务器的时区之间转换时间。"),
	flag("useJDBCCompliantTimezoneShift", "Converts time zones as JDBC demands.", "按 JDBC 规范转换时区。"),
	flag("yearIsDateType", "Reads YEAR as a date.", "将 YEAR 作为日期读取。"),
	flag("transformedBitIsBoolean", "Reads a converted TINYINT(1) as true or false.", "将转换后的 TINYINT(1) 作为布尔值读取。"),
	flag("noDatetimeStringSync", "Does not convert times that are read as text.", "以文本读取时间时不做转换。"),
	flag("sendFractionalSeconds", "Sends fractions of seconds.", "发送秒的小数部分。"),
	integer("defaultFetchSize", "How many rows are read at a time.", "每次读取的行数。"),
	integer("netTimeoutForStreamingResults", "Seconds that the server waits for a slow reader.", "流式读取时服务器的网络超时时间，单位为秒。"),
	flag("useServerPrepStmts", "Prepares statements on the server.", "在服务器端预编译语句。"),
	flag("cachePrepStmts", "Keeps prepared statements.", "缓存预编译语句。"),
	integer("prepStmtCacheSize", "How many prepared statements are kept.", "缓存的预编译语句数量。"),
	integer("prepStmtCacheSqlLimit", "Longest statement that is kept, in characters.", "可缓存的语句的最大长度，单位为字符。"),
	flag("continueBatchOnError", "Goes on with a batch after a row failed.", "批量执行出错时继续执行后续语句。"),
	flag("jdbcCompliantTruncation", "Fails where a value would be cut.", "数据被截断时报错。"),
	flag("useAffectedRows", "Counts the rows that were changed, not those found.", "返回实际修改的行数，而非匹配的行数。"),
	flag("useInformationSchema", "Reads metadata from INFORMATION_SCHEMA.", "从 INFORMATION_SCHEMA 读取元数据。"),
	flag("nullCatalogMeansCurrent", "Looks in the current database only where none is named.", "未指定数据库时仅使用当前数据库。"),
	flag("noAccessToProcedureBodies", "Works without the right to see procedures.", "无存储过程查看权限时仍可工作。"),
	flag("autoReconnect", "Connects again when the connection was lost.", "连接断开后自动重连。"),
	integer("maxReconnects", "How often it is tried to connect again.", "重新连接的最大次数。"),
	flag("failOverReadOnly", "Refuses to write after a failover.", "故障切换后以只读方式连接。"),
	flag("tcpKeepAlive", "Probes idle connections.", "探测空闲连接。"),
	flag("interactiveClient", "Uses the server's time-out for interactive clients.", "使用服务器的交互式超时时间。"),
}
