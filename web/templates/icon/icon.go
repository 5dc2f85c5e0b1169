// Package icon draws the console's icons: one stroke each, on a grid of 24, in
// the colour and size of the text around them. They are decoration and hidden
// from screen readers; the text beside them says the same.
package icon

// Name names an icon. A group of connectors has an icon of its own name:
// Name(connector.Relational).
type Name string

// The icons.
const (
	Add         Name = "add"
	Alias       Name = "alias"
	Backup      Name = "backup"
	Bell        Name = "bell"
	Chevron     Name = "chevron"
	Clock       Name = "clock"
	Connection  Name = "connection"
	Copy        Name = "copy"
	Delete      Name = "delete"
	Down        Name = "down"
	Download    Name = "download"
	Edit        Name = "edit"
	Empty       Name = "empty"
	Failed      Name = "failed"
	FormOnly    Name = "form_only"
	Group       Name = "group"
	Hint        Name = "hint"
	Info        Name = "info"
	Key         Name = "key"
	Language    Name = "language"
	Link        Name = "link"
	Menu        Name = "menu"
	Moon        Name = "moon"
	Next        Name = "next"
	Overview    Name = "overview"
	Passed      Name = "passed"
	Paste       Name = "paste"
	Power       Name = "power"
	Previous    Name = "previous"
	Project     Name = "project"
	Queue       Name = "queue"
	Remove      Name = "remove"
	Save        Name = "save"
	Settings    Name = "settings"
	Find        Name = "find"
	SignOut     Name = "sign_out"
	Skipped     Name = "skipped"
	Sun         Name = "sun"
	SunMoon     Name = "sun_moon"
	Test        Name = "test"
	Undo        Name = "undo"
	Up          Name = "up"
	Upload      Name = "upload"
	User        Name = "user"
	Warned      Name = "warned"
	Whitelist   Name = "whitelist"
	Relational  Name = "relational"
	Warehouse   Name = "warehouse"
	Object      Name = "object_storage"
	FileSystem  Name = "file_system"
	Hadoop      Name = "hadoop"
	NoSQL       Name = "nosql"
	Messaging   Name = "messaging"
	SearchStore Name = "search"
)

// strokes are the shapes, as SVG path data.
var strokes = map[Name]string{ //nolint:gosec // drawings, not credentials
	Add:         "M12 5v14M5 12h14",
	Alias:       "M4 12h5c3 0 3-6 6-6h5M9 12c3 0 3 6 6 6h5M17 3l3 3-3 3M17 15l3 3-3 3",
	Backup:      "M4 5h11v11H4zM9 19h11V8M8 9h3M8 12h3",
	Bell:        "M6 17V11a6 6 0 0 1 12 0v6l2 1H4zM10 21h4",
	Chevron:     "M8 10l4 4 4-4",
	Clock:       "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 3",
	Connection:  "M8 3v5M16 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
	Copy:        "M9 9h11v11H9zM15 9V4H4v11h5",
	Delete:      "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
	Down:        "M12 5v14M6 13l6 6 6-6",
	Download:    "M12 4v11M7 11l5 5 5-5M5 20h14",
	Edit:        "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
	Empty:       "M4 13l3-8h10l3 8v6H4zM4 13h5l1 3h4l1-3h5",
	Failed:      "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 9l6 6M15 9l-6 6",
	FormOnly:    "M6 3h9l4 4v14H6zM9 12h7M9 16h5M9 8h2",
	Group:       "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-3.5 2.8-5.5 6.5-5.5s6.5 2 6.5 5.5M16 4.5a3.5 3.5 0 0 1 0 6.5M17.5 14.8c2.4.6 4 2.4 4 5.2",
	Hint:        "M9 18h6M10 21h4M8.5 15a6 6 0 1 1 7 0c-.6.5-.5 1.5-.5 3h-6c0-1.5.1-2.5-.5-3z",
	Info:        "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.01",
	Key:         "M8 19a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11 12l8-8M15 8l3 3",
	Language:    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
	Link:        "M6 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM18 21a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM6 9v3c0 6 3 6 9 6",
	Menu:        "M4 7h16M4 12h16M4 17h16",
	Moon:        "M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z",
	Next:        "M10 6l6 6-6 6",
	Overview:    "M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z",
	Passed:      "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12.5l3 3 5-6",
	Paste:       "M8 5H5v16h14V5h-3M9 3h6v4H9zM9 12h6M9 16h4",
	Power:       "M12 3v9M7 6a8 8 0 1 0 10 0",
	Previous:    "M14 6l-6 6 6 6",
	Project:     "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
	Queue:       "M4 5h16v4H4zM4 11h16v4H4zM8 19h8M8 7h.01M8 13h.01",
	Remove:      "M6 6l12 12M18 6L6 18",
	Settings:    "M4 7h9M19 7h1M4 17h1M11 17h9M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
	Save:        "M5 12.5l5 5L19 7",
	Find:        "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
	SignOut:     "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
	Skipped:     "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12h8",
	Sun:         "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5",
	SunMoon:     "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 3v18M12 8h7.5M12 12h9M12 16h7.5",
	Test:        "M3 12h4l3-8 4 16 3-8h4",
	Undo:        "M9 5L4 10l5 5M4 10h10a5 5 0 0 1 0 10h-3",
	Up:          "M12 19V5M6 11l6-6 6 6",
	Upload:      "M12 16V5M7 10l5-5 5 5M5 20h14",
	User:        "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.5-6 8-6s8 2 8 6",
	Warned:      "M12 4L2.5 20h19zM12 10v5M12 17.5v.01",
	Whitelist:   "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM8.5 12l2.5 2.5 4.5-5",
	Relational:  "M20 6c0 1.7-3.6 3-8 3S4 7.7 4 6s3.6-3 8-3 8 1.3 8 3zM4 6v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3",
	Warehouse:   "M3 21V9l9-5 9 5v12M7 21v-9h10v9M7 15h10M7 18h10",
	Object:      "M4 6h16l-2 14H6zM4 6c0-1.5 3.6-3 8-3s8 1.5 8 3M9 11h6",
	FileSystem:  "M3 6h6l2 2h10v11H3zM7 15h4",
	Hadoop:      "M12 8V4M12 8L5 12M12 8l7 4M5 12v5M19 12v5M10 4h4M3 17h4v3H3zM17 17h4v3h-4zM10 17h4v3h-4zM12 8v9",
	NoSQL:       "M9 4C6 4 8 11 4 12c4 1 2 8 5 8M15 4c3 0 1 7 5 8-4 1-2 8-5 8M12 10v.01M12 14v.01",
	Messaging:   "M4 5h16v11H12l-5 4v-4H4zM8 9h8M8 12h5",
	SearchStore: "M4 6h9M4 11h5M4 16h4M15 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM18 16l3 4",
}
