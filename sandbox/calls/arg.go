package calls

import (
	"fmt"
	"strconv"
	"strings"
)

// Arg is one argument of a call: a number, or memory whose address is passed.
type Arg struct {
	Text string // as the man page's examples would write it

	number uintptr
	data   []byte   // passed by address when hasData
	list   []string // passed as a NULL-ended array of strings when hasList
	back   int      // when above 0: the result of the call so many before this one
	label  string   // when not "": the result of the call that bears it
	length uint16   // of the elements in data, when counted

	hasData, hasList, counted bool
}

// Null is the argument 0, told as a null pointer.
func Null() Arg { return Arg{Text: "NULL"} }

// Int is a number.
func Int[T ~int | ~int64 | ~uint32 | ~uint64 | ~uintptr](n T) Arg {
	return Arg{Text: fmt.Sprint(n), number: uintptr(n)}
}

// Named is a number told by its name in the kernel's headers.
func Named(n uintptr, name string) Arg { return Arg{Text: name, number: n} }

// Octal is a file mode.
func Octal(mode uint32) Arg { return Arg{Text: fmt.Sprintf("%#o", mode), number: uintptr(mode)} }

// String is a string ended by a zero byte. A string that holds one is cut
// short by the kernel; callers refuse such strings before.
func String(s string) Arg {
	return Arg{Text: strconv.Quote(s), data: append([]byte(s), 0), hasData: true}
}

// Bytes is memory that the kernel reads or writes.
func Bytes(b []byte, text string) Arg { return Arg{Text: text, data: b, hasData: true} }

// Strings is an array of strings, as execve(2) takes.
func Strings(list []string) Arg {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = strconv.Quote(s)
	}
	return Arg{Text: "[" + strings.Join(quoted, ", ") + "]", list: list, hasList: true}
}

// Vector is a struct of a count and an address, as struct sock_fprog: so many
// elements lie in data.
func Vector(count uint16, data []byte, text string) Arg {
	return Arg{Text: text, data: data, length: count, counted: true}
}

// Environment is an array of strings told by its length.
func Environment(list []string) Arg {
	a := Strings(list)
	a.Text = fmt.Sprintf("%d variables", len(list))
	if len(list) == 1 {
		a.Text = "1 variable"
	}
	return a
}

// Result is what the call back places before this one returned, for example a
// file descriptor.
func Result(back int, text string) Arg { return Arg{Text: text, back: back} }

// From is what the call before this one that bears the label returned.
func From(label string) Arg { return Arg{Text: label, label: label} }

// Flag is a bit and its name in the kernel's headers.
type Flag struct {
	Bit  uintptr
	Name string
}

// Flags is the union of bits, told by their names in the order of table; what
// the table lacks is told as a number.
func Flags(bits uintptr, table []Flag) Arg {
	var names []string
	rest := bits
	for _, f := range table {
		if f.Bit != 0 && bits&f.Bit == f.Bit {
			names = append(names, f.Name)
			rest &^= f.Bit
		}
	}
	if rest != 0 || len(names) == 0 {
		names = append(names, strconv.FormatUint(uint64(rest), 10))
	}
	return Arg{Text: strings.Join(names, "|"), number: bits}
}
