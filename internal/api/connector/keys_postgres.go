package connector

// postgresKeys are of pgjdbc and of the driver of DWS, which is made of it;
// useCursorFetch is the cloud's own. Left out on purpose: socketFactory,
// sslfactory and their arguments, authenticationPluginClassName, sslcert,
// sslkey and sslrootcert, loggerFile and loggerLevel, options, gsslib, service.
var postgresKeys = []Key{
	integer("connectTimeout", "Seconds to wait for a connection.", "等待建立连接的时间，单位为秒。"),
	integer("socketTimeout", "Seconds to wait for data.", "等待数据的时间，单位为秒。"),
	integer("loginTimeout", "Seconds to wait for the sign-in.", "等待登录完成的时间，单位为秒。"),
	oneOf("sslmode", "How strictly the connection is encrypted and the server verified.", "连接的加密方式和服务器校验方式。", "require", "verify-ca", "verify-full"),
	words("currentSchema", "Schemas in which unqualified names are looked up.", "查找未限定名称时使用的模式。"),
	words("ApplicationName", "Name under which the server lists the connection.", "服务器上显示的应用程序名称。"),
	flag("reWriteBatchedInserts", "Joins the rows of a batch in one statement.", "将批量插入合并为一条语句执行。"),
	integer("defaultRowFetchSize", "How many rows are read at a time.", "每次读取的行数。"),
	flag("useCursorFetch", "Reads results in portions, through a cursor.", "通过游标分批读取结果。"),
	oneOf("stringtype", "Type as which text is sent.", "发送文本时使用的类型。", "unspecified", "varchar"),
	flag("tcpKeepAlive", "Probes idle connections.", "探测空闲连接。"),
	integer("cancelSignalTimeout", "Seconds to wait until a statement is cancelled.", "等待取消语句的时间，单位为秒。"),
	integer("prepareThreshold", "After how many runs a statement is prepared on the server.", "语句执行多少次后在服务器端预编译。"),
	integer("preparedStatementCacheQueries", "How many prepared statements are kept.", "缓存的预编译语句数量。"),
	integer("preparedStatementCacheSizeMiB", "MiB that prepared statements may take.", "预编译语句缓存的最大容量，单位为 MB。"),
	oneOf("targetServerType", "Kind of server that is wanted.", "要连接的服务器类型。", "any", "primary", "master", "secondary", "slave", "preferSecondary", "preferSlave"),
	flag("readOnly", "Refuses to write.", "以只读方式连接。"),
	flag("binaryTransfer", "Sends values in binary form.", "以二进制形式传输数据。"),
	oneOf("autosave", "When a savepoint is set before a statement.", "执行语句前设置保存点的时机。", "never", "conservative", "always"),
	words("assumeMinServerVersion", "Oldest version that the server can have.", "服务器的最低版本。"),
	integer("receiveBufferSize", "Bytes of the buffer for receiving.", "接收缓冲区大小，单位为字节。"),
	integer("sendBufferSize", "Bytes of the buffer for sending.", "发送缓冲区大小，单位为字节。"),
}

// dwsKeys are only of the driver of DWS.
var dwsKeys = []Key{
	oneOf("batchMode", "Sends the rows of a batch together.", "批量发送数据行。", "on", "off"),
	integer("fetchsize", "How many rows are read at a time.", "每次读取的行数。"),
}
