import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../i18n/t'
import { AccountForm } from '../shell/account_form'
import { EntryForm, Field } from '../shell/forms'
import { getBody } from '../socket/actions'
import { post, type Refusal } from '../socket/entry'

/** Log in, or at the first start make those who can. */
export function AdminEntry(): JSX.Element {
  const [setUp, setSetUp] = useState<{ needed: boolean; code?: string } | null>(null)
  useEffect(() => {
    void getBody<{ needed: boolean; code?: string }>('setup').then(setSetUp)
  }, [])
  return setUp?.needed ? <SetUpForm shown={setUp.code ?? ''} done={() => setSetUp(null)} /> : <AccountForm />
}

const THREE = ['admin', 'security', 'auditor'] as const

/** The first start: three people, three powers. */
function SetUpForm({ shown, done }: { shown: string; done: () => void }): JSX.Element {
  const [code, setCode] = useState(shown)
  const [people, setPeople] = useState(THREE.map((role) => ({ role, name: '', password: '' })))
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const set = (role: string, change: object) =>
    setPeople(people.map((one) => (one.role === role ? { ...one, ...change } : one)))
  const send = async () => {
    const answer = await post('setup', { code, accounts: people })
    if ('code' in answer) setRefusal(answer as Refusal)
    else done()
  }
  return (
    <EntryForm title={t('setup.title')} hint={t('setup.hint')} refusal={refusal} send={send}>
      <Field label={t('setup.code')} autocomplete="off" value={code} set={setCode} />
      {people.map((one) => (
        <fieldset key={one.role} class="gate-person">
          <legend>{t(`role.${one.role}`)}</legend>
          <Field
            label={t('auth.user')}
            autocomplete="off"
            value={one.name}
            set={(name) => set(one.role, { name })}
          />
          <Field
            label={t('auth.password')}
            secret
            autocomplete="new-password"
            value={one.password}
            set={(password) => set(one.role, { password })}
          />
        </fieldset>
      ))}
    </EntryForm>
  )
}
