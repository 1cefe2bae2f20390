// Package words holds every word that the screen shows, in English and in
// French: one struct, one value a language, so that a word that is said in
// one language only is noticed (a test demands that none is empty).
//
// It knows no style and no pane. Formats are those of package fmt.
package words

import "cloison/sandbox"

// Words are the words of one language.
type Words struct {
	// The names of the panes.
	Course, Lesson, Terminal, Xray string

	// The lines of machine and keys.
	Starting    string // the machine
	NoMachine   string
	Opening     string // a lesson
	Closing     string
	TooSmall    string
	Copied      string
	NoContainer string
	ShellEnded  string
	MachineGone string
	Nested      string // namespaces
	NoLSM       string // no security module
	NoCgroup    string
	Cgroup      string // a version
	Back        string // lines scrolled back
	Percent     string // a whole number

	// Numbers.
	Units []string // bytes by powers of 1024
	Comma string   // before decimals

	Map    MapWords
	Page   PageWords
	Facts  FactWords
	Dialog DialogWords
	Key    KeyWords
}

// MapWords are the words of the course map.
type MapWords struct {
	Minutes                             string // a number
	Ready, Locked, Done, Begun, Waiting string
	Needs, Why, Remedy, After, Covers   string
	Left, AllDone                       string // Left: lessons done, all of them, minutes; AllDone: lessons
	LeftHere                            string // in a chapter: minutes
}

// PageWords are the words of the lesson.
type PageWords struct {
	NotYet, Next, Running, Passed, Failed, Skipped string
	InTerminal                                     string // a name
	Expected, Observed, Source, Reason             string
	Earlier, Resumed                               string
	Quiz, Choose, ChooseAll, NoChoice              string // all but Quiz: how many choices
	Yours, Settles, Predicted                      string // Predicted: a choice
	SeeYourself, AnswerFirst, PlayFirst            string
	Right, Wrong, Unanswered                       string
	Task, Unchecked, Checking, NotThere, Tries     string // Tries: how many
	Unwell, CheckNow, GoOn                         string
	Again, TypeIn, ByItself, BackToLesson          string // TypeIn: a terminal's name
	AskWho, AskingWho                              string // of a command that was refused
	HintsLeft, Hint, Solution, SeeSolution         string // HintsLeft: how many; Hint: a number
	Show, ShowContainer                            string
	Note, Further, Step                            string // Step: two numbers
	LessonDone, NotDone                            string // NotDone: how many steps
}

// FactWords are the words of the X-ray.
type FactWords struct {
	Sections map[string]string // by what a lesson calls them (lessons.XrayFacts)
	Explain  map[string]string // what a field means, in a line or two
	Waiting  string
	Unread   string

	FollowsFront, Follows, FollowFront, Lost          string // FollowsFront, Lost: a process; Follows: a name and a number
	LastSeen, NothingSeen                             string // of a shell that has ended
	Processes, More, Ended, Zombie, Stopped           string // More: a number; Ended: a process
	Namespaces, Own, Parents, Host, Alone, With       string // With: processes
	Memory, Limit, None, NoLimit, Used, FreeSays, OOM string // OOM: a number
	Tasks, CPU                                        string
	CgroupTree, NoCgroups, Frozen                     string
	UserIDs, GroupIDs, Inside, Outside, SameIDs       string
	NoIDs                                             string
	Capabilities, Effective, Permitted                string
	Bounding, Inheritable, Ambient, All, Others       string
	Dropped, ExecSame                                 string // Dropped: capabilities
	Security, Seccomp, NNP, LSM                       string
	On, Off, Strict, Filters                          string // Filters: a number
	Mounts, MountCount, Masked, ReadOnly, Over        string // MountCount: other, the same, gone
	Network, NoDevices, Up, Down, PortOf              string // PortOf: a bridge
	PeerUnknown, PeerHere, PeerHost, PeerOf           string // PeerOf: a process
}

// DialogWords are the words of questions and errors.
type DialogWords struct {
	Help                        string
	Error, Try, TryOther, Cause string
	Locked, NotReady            string
	Reset, ResetBody            string
	ResetStep, ResetMachine     string
	ResetLesson, Forget         string
	Solution, NotSaved          string // NotSaved: why
	Complete, CompleteBody      string // CompleteBody: lessons; tasks passed, of all; questions right at once, of all
	Gone, GoneTry, Fresh        string // the machine
	Who, WhoIsKnown             string // refused a command
	NobodyRefused               string
	NoSteps, StepsLater         string // of a command that is to go step by step
	StepsReady                  string
	Quit, QuitBody              string
	Yes, No, Close              string
}

// KeyWords say what a key does, shortly.
type KeyWords struct {
	Up, Down, PageUp, PageDown, Top, Bottom string
	Open, Play, ReadOn, Wait, Answer, Check string
	ToMap                                   string
	Previous, Following, Reveal, Copy, Step string
	Choose, ChooseShort, Question           string
	Hint, Solution, Who                     string
	Reset, Map, Language                    string
	Lesson, Terminal, Xray, Zoom, NextShell string
	Leave, Help, Quit, QuitAlways           string
	Scroll, Explain, Panel                  string
	ExplainShort, PanelShort, AllPanels     string
	Container, Front, Follow, Process       string
	ContainerShort, FollowShort             string
	EnterKey, SpaceKey                      string // what is printed on them
}

// In returns the words of lang, English when lang is unknown.
func In(lang sandbox.Lang) Words {
	if lang == sandbox.French {
		return french
	}
	return english
}
