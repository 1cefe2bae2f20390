# Brings a processor from where a Multiboot loader leaves it (32 bits, no
# paging) to where the probe starts one, and jumps to the payload: so that the
# payload can be tested under emulation, without KVM.
#
# Assemble: as --32 -o longmode.o longmode.s
#           ld -m elf_i386 -Ttext=0x100000 --oformat=binary -o longmode.bin longmode.o

	.text
	.globl _start
_start:
	.balign 4
header:	.long	0x1badb002, 0x10000, -(0x1badb002 + 0x10000)
	.long	header, _start, end, end, go
go:	mov	$0x200000, %esi		# where QEMU has put the payload: low memory is the BIOS's
	mov	$0x10000, %edi
	mov	$0x1000, %ecx
	rep movsb
	movl	$0x2007, 0x1000		# the page tables that the probe makes
	movl	$0x3007, 0x2000
	movl	$0x87, 0x3000
	movl	$0x1e000, 0x14804	# the stack for exceptions from ring 3
	mov	$0x1000, %eax
	mov	%eax, %cr3
	mov	$0x20, %eax
	mov	%eax, %cr4
	mov	$0xc0000080, %ecx	# EFER
	xor	%edx, %edx
	mov	$0x100, %eax
	wrmsr
	mov	$0x80050033, %eax
	mov	%eax, %cr0
	lgdt	gdtr
	mov	$0x10, %ax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	ljmp	$0x08, $0x10000
	.balign 8
gdt:	.quad	0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdtr:	.word	23
	.long	gdt
	.balign 4
end:
