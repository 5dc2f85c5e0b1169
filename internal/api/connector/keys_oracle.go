package connector

// oracleKeys are of Oracle's JDBC thin driver. Left out on purpose:
// oracle.net.tns_admin, wallets, key and trust stores,
// oracle.net.ssl_server_dn_match, oracle.net.authentication_services,
// oracle.jdbc.Trace and log settings, providers, oracle.net.ldap settings.
var oracleKeys = []Key{
	integer("oracle.net.CONNECT_TIMEOUT", "Milliseconds to wait for a connection.", "等待建立连接的时间，单位为毫秒。"),
	integer("oracle.jdbc.ReadTimeout", "Milliseconds to wait for data.", "等待数据的时间，单位为毫秒。"),
	integer("oracle.net.READ_TIMEOUT", "Milliseconds to wait for data, in old drivers.", "等待数据的时间，单位为毫秒，适用于旧版驱动。"),
	integer("oracle.net.OUTBOUND_CONNECT_TIMEOUT", "Milliseconds to wait for the sign-in.", "等待登录完成的时间，单位为毫秒。"),
	integer("defaultRowPrefetch", "How many rows are read at a time.", "每次读取的行数。"),
	flag("includeSynonyms", "Lists the columns of synonyms, too.", "同时列出同义词的列。"),
	flag("remarksReporting", "Reads comments of tables and columns.", "读取表和列的注释。"),
	flag("restrictGetTables", "Lists tables and views only.", "仅列出表和视图。"),
	flag("useFetchSizeWithLongColumn", "Reads several rows at a time even with LONG columns.", "包含 LONG 列时仍批量读取。"),
	flag("processEscapes", "Understands JDBC escapes in statements.", "处理语句中的 JDBC 转义。"),
	flag("oracle.jdbc.timezoneAsRegion", "Sends the time zone by name.", "以名称形式发送时区。"),
	flag("oracle.jdbc.mapDateToTimestamp", "Reads DATE with its time.", "读取 DATE 时包含时间。"),
	flag("oracle.jdbc.J2EE13Compliant", "Reads TIMESTAMP as JDBC does.", "按 JDBC 规范读取 TIMESTAMP。"),
	flag("oracle.jdbc.defaultNChar", "Sends text in the national character set.", "使用国家字符集发送文本。"),
	flag("oracle.jdbc.autoCommitSpecCompliant", "Refuses a commit where every statement commits.", "自动提交时禁止手动提交。"),
	integer("oracle.jdbc.implicitStatementCacheSize", "How many prepared statements are kept.", "缓存的预编译语句数量。"),
	flag("oracle.net.keepAlive", "Probes idle connections.", "探测空闲连接。"),
	oneOf("oracle.net.encryption_client", "Whether Oracle's own encryption is used.", "是否使用 Oracle 自带的加密。", "REQUIRED", "REQUESTED", "ACCEPTED"),
	oneOf("oracle.net.crypto_checksum_client", "Whether Oracle's own checksums are used.", "是否使用 Oracle 自带的校验和。", "REQUIRED", "REQUESTED", "ACCEPTED"),
	words("v$session.program", "Name under which the server lists the connection.", "服务器上显示的程序名称。"),
}
