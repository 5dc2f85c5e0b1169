package store

// Tables and Passing are the tables that a backup has and those that it leaves out.
func Tables() []string  { return tables }
func Passing() []string { return passing }
