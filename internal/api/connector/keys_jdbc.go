package connector

import "slices"

// jdbcKeys are the properties of each database's JDBC driver.
var jdbcKeys = slices.Concat(
	keysWhen(is(databaseType, "MYSQL", "DDM", "MYCAT"), mysqlKeys),
	keysWhen(is(databaseType, "POSTGRESQL"), postgresKeys),
	keysWhen(is(databaseType, "DWS"), postgresKeys, dwsKeys),
	keysWhen(is(databaseType, "SQLSERVER"), sqlServerKeys),
	keysWhen(is(databaseType, "ORACLE"), timeoutKeys, oracleKeys),
	keysWhen(is(databaseType, "DB2"), timeoutKeys, db2Keys),
	keysWhen(is(databaseType, "SAP HANA"), timeoutKeys, hanaKeys),
	keysWhen(is(databaseType, "DM"), timeoutKeys, dmKeys),
)

// timeoutKeys are what the cloud's documentation shows for every database,
// whatever the driver calls them.
var timeoutKeys = []Key{
	integer("connectTimeout", "Milliseconds to wait for a connection.", "等待建立连接的时间，单位为毫秒。"),
	integer("socketTimeout", "Milliseconds to wait for data.", "等待数据的时间，单位为毫秒。"),
}

// db2Keys are of the IBM Data Server Driver for JDBC.
var db2Keys = []Key{
	integer("loginTimeout", "Seconds to wait for the sign-in.", "等待登录完成的时间，单位为秒。"),
	integer("blockingReadConnectionTimeout", "Seconds to wait for data.", "等待数据的时间，单位为秒。"),
	integer("commandTimeout", "Seconds that a statement may take.", "语句执行的最长时间，单位为秒。"),
	words("currentSchema", "Schema that unqualified names belong to.", "未限定名称所属的模式。"),
	words("clientProgramName", "Name under which the server lists the connection.", "服务器上显示的客户端程序名称。"),
	oneOf("sslConnection", "Encrypts the connection with TLS.", "使用 TLS 加密连接。", "true"),
	integer("fetchSize", "How many rows are read at a time.", "每次读取的行数。"),
	integer("queryDataSize", "Bytes of query data that are sent at a time.", "每次传输的查询数据大小，单位为字节。"),
	flag("retrieveMessagesFromServerOnGetMessage", "Shows the server's full error messages.", "显示服务器返回的完整错误信息。"),
	oneOf("progressiveStreaming", "How large objects are sent: 1 as they are needed, 2 all at once.", "大对象的传输方式：1 为按需传输，2 为一次性传输。", "1", "2"),
	flag("fullyMaterializeLobData", "Reads large objects as a whole.", "一次性读取完整的大对象。"),
	flag("deferPrepares", "Prepares a statement when it is first run.", "首次执行时才预编译语句。"),
	integer("currentLockTimeout", "Seconds to wait for a lock.", "等待锁的时间，单位为秒。"),
	integer("keepAliveTimeOut", "Seconds after which an idle connection is probed.", "空闲连接的探测间隔，单位为秒。"),
	oneOf("resultSetHoldability", "Whether results stay open after a commit: 1 they do, 2 they do not.", "提交后结果集是否保持打开：1 为保持，2 为关闭。", "1", "2"),
	flag("readOnly", "Refuses to write.", "以只读方式连接。"),
}

// hanaKeys are of SAP's JDBC driver, ngdbc.
var hanaKeys = []Key{
	integer("communicationTimeout", "Milliseconds to wait for data.", "等待数据的时间，单位为毫秒。"),
	words("currentSchema", "Schema that unqualified names belong to.", "未限定名称所属的模式。"),
	oneOf("encrypt", "Encrypts the connection with TLS.", "使用 TLS 加密连接。", "true"),
	oneOf("validateCertificate", "Verifies the certificate of the server.", "校验服务器的证书。", "true"),
	flag("reconnect", "Connects again when the connection was lost.", "连接断开后自动重连。"),
	integer("packetSize", "Largest message in bytes.", "单个报文的最大长度，单位为字节。"),
	integer("statementCacheSize", "How many prepared statements are kept.", "缓存的预编译语句数量。"),
	oneOf("isolation", "How transactions see each other's changes.", "事务的隔离级别。", "TRANSACTION_READ_COMMITTED", "TRANSACTION_REPEATABLE_READ", "TRANSACTION_SERIALIZABLE"),
	flag("readOnly", "Refuses to write.", "以只读方式连接。"),
}

// dmKeys are of Dameng's JDBC driver.
var dmKeys = []Key{
	integer("sessionTimeout", "Seconds after which an idle session ends.", "空闲会话的超时时间，单位为秒。"),
	words("schema", "Schema that unqualified names belong to.", "未限定名称所属的模式。"),
	words("appName", "Name under which the server lists the connection.", "服务器上显示的应用程序名称。"),
	oneOf("compatibleMode", "Database that the driver behaves like.", "驱动兼容的数据库。", "oracle", "mysql"),
	oneOf("batchType", "How batches are sent: 1 together, 2 row by row.", "批量语句的执行方式：1 为批量执行，2 为逐条执行。", "1", "2"),
	flag("batchContinueOnError", "Goes on with a batch after a row failed.", "批量执行出错时继续执行后续语句。"),
	flag("columnNameUpperCase", "Returns column names in capitals.", "以大写形式返回列名。"),
	integer("bufPrefetch", "KiB of rows that are read ahead.", "预取数据的缓冲区大小，单位为 KB。"),
}
