import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { codeWords, t, word } from '../i18n/t'
import { Drawing } from '../shell/drawing'
import { Field } from '../shell/forms'
import { getBody } from '../socket/actions'
import { change, post, type Refusal } from '../socket/entry'
import { who } from '../store/session'
import { when } from './rows'
import './people.css'

interface User {
  readonly name: string
  readonly role: string | null
  readonly clearance: string
  readonly totp: boolean
  readonly must_change: boolean
}
interface UsersBody {
  readonly users: readonly User[]
  readonly missing: readonly string[]
  readonly clearances: readonly string[]
}
interface Paired {
  readonly id: string
  readonly kind: string
  readonly name: string
  readonly seen: number
}
interface Token {
  readonly id: string
  readonly role: string
  readonly name: string
}
interface TokensBody {
  readonly devices: readonly Paired[]
  readonly tokens: readonly Token[]
}
interface Window {
  readonly code: string
  readonly qr: string
  readonly seconds: number
}

const ROLES = ['', 'admin', 'security', 'auditor', 'operator', 'reader'] as const
const users = signal<UsersBody | null>(null)
const tokens = signal<TokensBody | null>(null)
const problem = signal<Refusal | null>(null)
/** Shown once: the password that a new account begins with. */
const started = signal<{ name: string; password: string } | null>(null)
const window_ = signal<Window | null>(null)

async function read(): Promise<void> {
  users.value = await getBody<UsersBody>('users')
  tokens.value = await getBody<TokensBody>('tokens')
}

async function act<T extends object>(answer: Promise<T | Refusal>): Promise<T | null> {
  const found = await answer
  const refused = 'code' in found && 'params' in found
  problem.value = refused ? (found as Refusal) : null
  void read()
  return refused ? null : (found as T)
}

/** Accounts, paired tablets and tokens: `admin` makes and ends them, `security` says who may do what. */
export function People(): JSX.Element {
  useEffect(() => void read(), [])
  const session = who.value
  const role = typeof session === 'object' ? session.role : ''
  return (
    <section class="people" aria-label={t('people.title')}>
      {problem.value && (
        <p role="alert">{codeWords(problem.value.code, problem.value.params) ?? problem.value.code}</p>
      )}
      {users.value && users.value.missing.length > 0 && (
        <p>
          {t('people.missing')} {users.value.missing.map((one) => word('role', one)).join(' · ')}
        </p>
      )}
      <Users role={role} />
      {role === 'admin' && <NewUser />}
      <Devices />
      {role === 'admin' && <Pairing />}
    </section>
  )
}

function Users({ role }: { role: string }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys
    <div class="table-place" tabIndex={0} role="region" aria-label={t('people.users')}>
      <table class="table">
        <caption>{t('people.users')}</caption>
        <thead>
          <tr>
            <th>{t('auth.user')}</th>
            <th>{t('people.role')}</th>
            <th>{t('people.clearance')}</th>
            <th>{t('people.totp')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {users.value?.users.map((user) => (
            <UserRow key={user.name} user={user} role={role} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function UserRow({ user, role }: { user: User; role: string }): JSX.Element {
  const path = `users/${encodeURIComponent(user.name)}`
  const grant = (what: object) => void act(post(`${path}/grant`, what))
  return (
    <tr>
      <th scope="row">{user.name}</th>
      <td>
        {role === 'security' ? (
          <Choice
            label={t('people.roleOf', { name: user.name })}
            value={user.role ?? ''}
            values={ROLES}
            words={(one) => (one ? word('role', one) : t('people.noRole'))}
            set={(chosen) => grant({ role: chosen })}
          />
        ) : user.role ? (
          word('role', user.role)
        ) : (
          t('people.noRole')
        )}
      </td>
      <td>
        {role === 'security' ? (
          <Choice
            label={t('people.clearanceOf', { name: user.name })}
            value={user.clearance}
            values={users.value?.clearances ?? []}
            words={(one) => one}
            set={(chosen) => grant({ clearance: chosen })}
          />
        ) : (
          <span lang="zh-CN">{user.clearance}</span>
        )}
      </td>
      <td>{user.totp ? t('people.yes') : '—'}</td>
      <td class="row-buttons">
        {role === 'admin' && (
          <>
            <button type="button" class="plain" onClick={() => void restart(user.name, path)}>
              {t('people.newStart')}
            </button>
            <button type="button" class="plain" onClick={() => void act(change('DELETE', path, null))}>
              {t('people.remove')}
            </button>
          </>
        )}
      </td>
    </tr>
  )
}

async function restart(name: string, path: string): Promise<void> {
  const made = await act(post<{ start_password: string }>(`${path}/password`, { totp: 'forget' }))
  if (made) started.value = { name, password: made.start_password }
}

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly values: readonly string[]
  readonly words: (value: string) => string
  readonly set: (value: string) => void
}

function Choice({ label, value, values, words, set }: ChoiceProps): JSX.Element {
  return (
    <select
      class="field"
      aria-label={label}
      value={value}
      onChange={(event) => set(event.currentTarget.value)}
    >
      {values.map((one) => (
        <option key={one} value={one}>
          {words(one)}
        </option>
      ))}
    </select>
  )
}

function NewUser(): JSX.Element {
  const [name, setName] = useState('')
  const add = async (event: Event) => {
    event.preventDefault()
    const made = await act(post<{ start_password: string }>('users', { name: name.trim() }))
    if (!made) return
    started.value = { name: name.trim(), password: made.start_password }
    setName('')
  }
  return (
    <form class="people-bar" onSubmit={(event) => void add(event)}>
      <Field label={t('people.newName')} autocomplete="off" value={name} set={setName} />
      <button type="submit" class="plain">
        {t('people.add')}
      </button>
      {started.value && (
        <p role="status">
          {t('people.start', { name: started.value.name })} <code>{started.value.password}</code>
        </p>
      )}
    </form>
  )
}

function Devices(): JSX.Element {
  const found = tokens.value
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
    <div class="table-place" tabIndex={0} role="region" aria-label={t('people.devices')}>
      <table class="table">
        <caption>{t('people.devices')}</caption>
        <thead>
          <tr>
            <th>{t('people.device')}</th>
            <th>{t('people.role')}</th>
            <th>{t('people.seen')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {found?.devices.map((one) => (
            <TokenRow
              key={one.id}
              id={one.id}
              name={one.name}
              role={one.kind}
              seen={when(new Date(one.seen * 1000).toISOString())}
            />
          ))}
          {found?.tokens.map((one) => (
            <TokenRow key={one.id} id={one.id} name={one.name} role={one.role} seen={t('people.token')} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface TokenRowProps {
  readonly id: string
  readonly name: string
  readonly role: string
  readonly seen: string
}

function TokenRow({ id, name, role, seen }: TokenRowProps): JSX.Element {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{word('role', role)}</td>
      <td>{seen}</td>
      <td class="row-buttons">
        <button
          type="button"
          class="plain"
          aria-label={t('people.revokeOf', { name })}
          onClick={() => void act(change('DELETE', `tokens/${id}`, null))}
        >
          {t('people.revoke')}
        </button>
      </td>
    </tr>
  )
}

function Pairing(): JSX.Element {
  const open = async (kind: string) => {
    const answer = await act(post<Window>('pairing', { kind }))
    if (answer) window_.value = answer
  }
  return (
    <div class="people-bar">
      <button type="button" class="plain" onClick={() => void open('presenter')}>
        {t('people.pairTablet')}
      </button>
      <button type="button" class="plain" onClick={() => void open('display')}>
        {t('people.pairDisplay')}
      </button>
      {window_.value && (
        <div class="enrol" role="status">
          <p>
            {t('pair.code')} <strong class="pair-code">{window_.value.code}</strong>
          </p>
          <Drawing svg={window_.value.qr} label={t('people.pairQr')} />
          <p>{t('people.pairOnce')}</p>
        </div>
      )}
    </div>
  )
}
