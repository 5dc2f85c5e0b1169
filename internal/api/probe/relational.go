package probe

// relationalSystems are the databases behind generic-jdbc-connector.
var relationalSystems = []*system{
	mysqlSystem,
	postgresSystem,
	sqlServerSystem,
	oracleSystem,
	db2System,
	hanaSystem,
	dmSystem,
}
